import CVterm

@testable import Terminal

/// A terminal by another hand: libvterm, which shows what our bytes really do. Owned by one test.
@safe final class VirtualTerminal {
    /// One cell as libvterm has it, in our terms.
    struct SeenCell: Equatable {
        var scalars: [UInt32]
        var width: Int
        var pen: Pen
    }

    private let terminal: OpaquePointer
    private let screen: OpaquePointer
    let size: ScreenSize

    init?(_ size: ScreenSize) {
        guard let terminal = unsafe vterm_new(Int32(size.rows), Int32(size.columns)) else { return nil }
        unsafe vterm_set_utf8(terminal, 1)
        guard let screen = unsafe vterm_obtain_screen(terminal) else { return nil }
        unsafe vterm_screen_enable_altscreen(screen, 1)
        unsafe vterm_screen_reset(screen, 1)
        unsafe self.terminal = unsafe terminal
        unsafe self.screen = unsafe screen
        self.size = size
        // As the terminal client switches it.
        self.write(Array("\u{1B}[?7l".utf8))
    }

    deinit {
        unsafe vterm_free(self.terminal)
    }

    func write(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                _ = unsafe vterm_input_write(self.terminal, characters.baseAddress, characters.count)
            }
        }
    }

    var cursor: Position {
        var place = VTermPos()
        unsafe vterm_state_get_cursorpos(vterm_obtain_state(self.terminal), &place)
        return Position(column: Int(place.col), row: Int(place.row))
    }

    func cell(column: Int, row: Int) -> SeenCell {
        var cell = unsafe cvterm_cell_at(self.screen, Int32(row), Int32(column))
        let scalars = (0..<VTERM_MAX_CHARS_PER_CELL).map { unsafe cvterm_scalar(&cell, $0) }.filter { $0 != 0 }
        return SeenCell(
            scalars: scalars.isEmpty ? [0x20] : scalars, width: Int(cell.width),
            pen: Pen(
                foreground: EncodedColour(code: cell.foreground), background: EncodedColour(code: cell.background),
                attributes: Attributes(rawValue: UInt8(truncatingIfNeeded: cell.attributes))))
    }

    /// The first cell that differs from what `screen` should look like, in words; nil when all are right.
    ///
    /// This libvterm is older than many joined letters and keeps six scalars a cell: with `clustersByFirst` a cluster's
    /// first scalar and colours are compared, and where it ends is seen by the cells after it.
    func mismatch(with screen: Screen, depth: ColourDepth, clustersByFirst: Bool = false) -> String? {
        for row in 0..<self.size.rows {
            for column in 0..<self.size.columns where screen[column, row].width > 0 {
                var wanted = Self.expected(screen[column, row], of: screen, depth: depth)
                var seen = Self.comparable(self.cell(column: column, row: row))
                if clustersByFirst, wanted.scalars.count > 1 {
                    wanted.scalars = Array(wanted.scalars.prefix(1))
                    seen.scalars = Array(seen.scalars.prefix(1))
                    wanted.width = seen.width
                } else if clustersByFirst, wanted.width == 2, !Differ.isSurelyWide(wanted.scalars[0]) {
                    wanted.width = seen.width
                }
                if wanted != seen {
                    return "column \(column) row \(row): wanted \(wanted), the terminal shows \(seen)"
                }
            }
        }
        return nil
    }

    private static func expected(_ cell: Cell, of screen: Screen, depth: ColourDepth) -> SeenCell {
        let encoded = EncodedCell(cell, depth: depth)
        let scalars = encoded.glyph == cell.glyph ? Array(screen.scalars(of: cell)) : [encoded.glyph.code]
        return Self.comparable(SeenCell(scalars: scalars, width: Int(cell.width), pen: encoded.pen))
    }

    /// Leaves out what does not show: the ink of a blank, and dim, which this libvterm does not know. Its name for
    /// one of the 16 colours is an index.
    private static func comparable(_ cell: SeenCell) -> SeenCell {
        func indexed(_ colour: EncodedColour) -> EncodedColour {
            colour.code >> 24 == 3 ? EncodedColour(code: 2 << 24 | colour.code & 0xFF) : colour
        }
        var cell = cell
        cell.pen.attributes.remove(.dim)
        cell.pen.background = indexed(cell.pen.background)
        cell.pen.foreground = indexed(cell.pen.foreground)
        if cell.scalars == [0x20], cell.pen.attributes.isDisjoint(with: .visibleOnBlank) {
            cell.pen.foreground = .terminalDefault
            cell.pen.attributes = []
        }
        return cell
    }
}
