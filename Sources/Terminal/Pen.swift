/// The colours and attributes that the terminal writes the next glyph with.
struct Pen: Equatable {
    var foreground: EncodedColour = .terminalDefault
    var background: EncodedColour = .terminalDefault
    var attributes: Attributes = []

    /// After `SGR 0`.
    static let reset = Pen()

    /// Appends the least SGR sequence that turns this pen into `next`; nothing when they are equal.
    func append(changeTo next: Pen, to out: inout [UInt8]) {
        guard self != next else { return }
        guard next != .reset else { return out.append(ascii: "\u{1B}[m") }
        out.append(ascii: "\u{1B}[")
        let start = out.count
        self.appendAttributes(changeTo: next.attributes, to: &out)
        if self.foreground != next.foreground {
            next.foreground.append(base: 30, to: &out)
            out.append(0x3B)
        }
        if self.background != next.background {
            next.background.append(base: 40, to: &out)
            out.append(0x3B)
        }
        assert(out.count > start)
        out[out.count - 1] = 0x6D
    }

    /// Appends codes, each with `;` after it. 22 ends bold and dim together, so the one that stays is switched on
    /// again.
    private func appendAttributes(changeTo next: Attributes, to out: inout [UInt8]) {
        var current = self.attributes
        if !current.subtracting(next).isDisjoint(with: [.bold, .dim]) {
            out.append(ascii: "22;")
            current.subtract([.bold, .dim])
        }
        let gone = current.subtracting(next)
        if gone.contains(.italic) { out.append(ascii: "23;") }
        if gone.contains(.underline) { out.append(ascii: "24;") }
        if gone.contains(.reverse) { out.append(ascii: "27;") }
        if gone.contains(.strike) { out.append(ascii: "29;") }
        let new = next.subtracting(current)
        if new.contains(.bold) { out.append(ascii: "1;") }
        if new.contains(.dim) { out.append(ascii: "2;") }
        if new.contains(.italic) { out.append(ascii: "3;") }
        if new.contains(.underline) { out.append(ascii: "4;") }
        if new.contains(.reverse) { out.append(ascii: "7;") }
        if new.contains(.strike) { out.append(ascii: "9;") }
    }
}

/// What a cell becomes at one colour depth: a pen, and a scalar in place of a glyph that carries only colour.
struct EncodedCell: Equatable {
    var pen: Pen
    var glyph: Glyph

    init(_ cell: Cell, depth: ColourDepth) {
        self.glyph = cell.glyph
        switch depth {
        case .truecolour:
            self.pen = Pen(
                foreground: .truecolour(cell.foreground), background: .truecolour(cell.background),
                attributes: cell.attributes)
        case .indexed:
            self.pen = Pen(
                foreground: .indexed(cell.foreground), background: .indexed(cell.background),
                attributes: cell.attributes)
        case .palette:
            let ground = PaletteEncoder.background(cell.background)
            let ink =
                cell.isPixelPair
                ? PaletteEncoder.background(cell.foreground)
                : PaletteEncoder.foreground(cell.foreground, on: ground)
            self.pen = Pen(
                foreground: ink.map { .palette($0) } ?? .terminalDefault,
                background: ground.map { .palette($0) } ?? .terminalDefault, attributes: cell.attributes)
        case .none:
            self.pen = Pen(attributes: cell.attributes)
        }
        if cell.isPixelPair {
            self.settlePixels()
        }
    }

    /// The default ground cannot be drawn as ink, so the other pixels are; two equal colours need no ink.
    private mutating func settlePixels() {
        if self.pen.foreground == self.pen.background {
            self.glyph = .blank
            self.pen.foreground = .terminalDefault
        } else if self.pen.foreground == .terminalDefault {
            self.glyph = QuadrantGlyphs.complement(of: self.glyph)
            self.pen.foreground = self.pen.background
            self.pen.background = .terminalDefault
        }
    }

    /// Whether erasing to the default ground shows the same.
    var isErased: Bool {
        self.glyph == .blank && self.pen.background == .terminalDefault
            && self.pen.attributes.isDisjoint(with: .visibleOnBlank)
    }
}
