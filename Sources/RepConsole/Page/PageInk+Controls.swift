import PageView
import Terminal

/// Form controls, drawn as characters round their value.
extension PageInk {
    private static let mutedColour = ViewColour(rgba: 0x8791_A8FF)

    /// Paints one control.
    mutating func add(_ control: ViewControl, _ placed: PlacedItem, order: Int) {
        let middle = ViewPoint(x: placed.visible.midX, y: placed.visible.midY)
        guard !placed.visible.isEmpty, placed.clip.contains(middle) else { return }
        switch control.kind {
        case .check:
            let mark = control.state.contains(.indeterminate) ? "-" : control.state.contains(.checked) ? "x" : " "
            self.addMark("[\(mark)]", control, placed, order: order)
        case .radio:
            self.addMark(control.state.contains(.checked) ? "(•)" : "( )", control, placed, order: order)
        case .area:
            self.addArea(control, placed, order: order)
        case .text, .password, .select, .range, .file, .colour, .date:
            self.addField(control, placed, order: order)
        }
    }

    private mutating func addMark(_ mark: String, _ control: ViewControl, _ placed: PlacedItem, order: Int) {
        let middle = self.scale.rowPlace(placed.rect.midY)
        let column = self.scale.column(placed.rect.x)
        let colour = self.borderColour(control, fallback: ViewColour(rgba: 0x39_42_4F_FF))
        self.marks.append((placed.layer, placed.rect, self.runs.count))
        self.runs.append(
            PageRun(
                pieces: [
                    InkPiece(
                        text: SafeText(mark), offset: 0, colour: self.dimmed(colour, control), attributes: .bold,
                        isWord: false)
                ],
                columns: 3, column: column, row: PageScale.whole(middle.rounded(.down)),
                fraction: middle - middle.rounded(.down), order: order, claim: .movable,
                bounds: 0..<self.scale.size.columns, left: placed.rect.x, right: placed.rect.right))
    }

    private mutating func addField(_ control: ViewControl, _ placed: PlacedItem, order: Int) {
        let cells = self.addFrame(control, placed, order: order)
        let row = self.scale.row(placed.rect.midY)
        let inner = max(cells.width - 2, 0)
        var (text, colour) = self.content(control)
        var pieces: [InkPiece] = []
        let mark = self.endMark(control)
        let room = inner - (mark.isEmpty ? 0 : 2)
        if control.hidesValue, SafeText(text).columns > room {
            text = "▒▒▒▒"
        }
        if room > 0, !text.isEmpty {
            let shown = SafeText(RightToLeft.line(text)).truncated(toColumns: room)
            pieces.append(
                InkPiece(
                    text: shown, offset: RightToLeft.isBase(of: text) ? 1 + room - shown.columns : 1, colour: colour,
                    attributes: [], isWord: false))
        }
        if !mark.isEmpty, inner >= 1 {
            colour = Self.mutedColour
            pieces.append(
                InkPiece(text: SafeText(mark), offset: cells.width - 2, colour: colour, attributes: [], isWord: false))
        }
        self.addFieldRun(pieces, control, cells: cells, row: row, placed, order: order)
    }

    /// A field of several rows: the value is wrapped into them.
    private mutating func addArea(_ control: ViewControl, _ placed: PlacedItem, order: Int) {
        let cells = self.addFrame(control, placed, order: order)
        let (text, colour) = self.content(control)
        let lines = Self.wrapped(text, columns: max(cells.width - 2, 1), rows: cells.height)
        let first = cells.height > lines.count ? cells.top + (cells.height > 2 ? 1 : 0) : cells.top
        for row in cells.top..<cells.bottom {
            let index = row - min(first, cells.bottom - max(lines.count, 1))
            let line = lines.indices.contains(index) ? lines[index] : SafeText("")
            let piece = InkPiece(text: line, offset: 1, colour: colour, attributes: [], isWord: false)
            self.addFieldRun(
                line.columns > 0 ? [piece] : [], control, cells: cells, row: row, placed, order: order)
        }
    }

    private mutating func addFieldRun(
        _ content: [InkPiece], _ control: ViewControl, cells: GridRect, row: Int, _ placed: PlacedItem, order: Int
    ) {
        let colour = self.borderColour(control, fallback: Self.mutedColour)
        let attributes: Attributes = control.state.contains(.focused) ? .bold : []
        // Higher fields have their sides drawn as edges, which the blanks leave room for.
        let (left, right) = cells.height > 1 ? (" ", " ") : ("▏", "▕")
        func bracket(_ text: String, _ offset: Int) -> InkPiece {
            InkPiece(text: SafeText(text), offset: offset, colour: colour, attributes: attributes, isWord: false)
        }
        self.runs.append(
            PageRun(
                pieces: [bracket(left, 0)] + content + [bracket(right, cells.width - 1)], columns: cells.width,
                column: cells.left, row: row, fraction: 0.5, order: order, claim: .fixed,
                bounds: 0..<self.scale.size.columns, left: placed.rect.x, right: placed.rect.right))
    }

    /// The fill and the border; returns the cells, at least 3 columns and one row.
    private mutating func addFrame(_ control: ViewControl, _ placed: PlacedItem, order: Int) -> GridRect {
        var cells = control.kind == .area ? self.edgeCells(placed.rect) : self.snappedRows(placed)
        cells.right = max(cells.right, cells.left + 3)
        cells.bottom = min(cells.bottom, cells.top + self.scale.size.rows)
        self.fill(control.fill, halves: cells.halves, placed, order: order)
        let edge = ViewEdge(width: 1, colour: self.borderColour(control, fallback: Self.mutedColour))
        if cells.height > 1 {
            self.addEdges(
                ViewBorder(top: edge, right: edge, bottom: edge, left: edge), cells: cells, placed, order: order,
                labelRow: control.kind == .area ? nil : self.scale.row(placed.rect.midY))
        } else if control.border.isPainted {
            // Its sides are brackets.
            let none = ViewBorder.none.left
            self.addEdges(
                ViewBorder(top: edge, right: none, bottom: edge, left: none), cells: cells, placed, order: order,
                isWholeOnly: true)
        }
        return cells
    }

    private func borderColour(_ control: ViewControl, fallback: ViewColour) -> ViewColour {
        if control.state.contains(.invalid), let rgb = self.theme.invalid.rgb {
            return ViewColour(rgba: rgb << 8 | 0xFF)
        }
        if control.state.contains(.focused), let rgb = self.theme.focus.rgb {
            return ViewColour(rgba: rgb << 8 | 0xFF)
        }
        let sides = [control.border.left, control.border.bottom, control.border.top, control.border.right]
        return sides.first { $0.isPainted }?.colour ?? fallback
    }

    /// What stands in a field, and its colour: the value, the hint, or that it is masked.
    private func content(_ control: ViewControl) -> (String, ViewColour) {
        if control.hidesValue {
            return ("▒▒▒▒ masked", Self.mutedColour)
        }
        if control.value.isEmpty {
            return (control.hint, ViewColour(rgba: control.colour.rgb << 8 | 0x8C))
        }
        return (control.value, self.dimmed(control.colour, control))
    }

    private func dimmed(_ colour: ViewColour, _ control: ViewControl) -> ViewColour {
        control.state.contains(.disabled) ? ViewColour(rgba: colour.rgb << 8 | 0x80) : colour
    }

    /// The sign at a field's right end that tells its type.
    private func endMark(_ control: ViewControl) -> String {
        switch control.kind {
        case .select: "▾"
        case .range: "↔"
        case .file: "⇧"
        case .colour: "■"
        case .date: "▾"
        case .text, .password, .area, .check, .radio: ""
        }
    }

    /// Words wrapped into lines; what does not fit in `rows` is cut.
    private static func wrapped(_ text: String, columns: Int, rows: Int) -> [SafeText] {
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(whereSeparator: \.isWhitespace) {
            let width = SafeText(String(word)).columns
            if used > 0, used + 1 + width > columns {
                lines.append(line)
                (line, used) = ("", 0)
            }
            line += (used > 0 ? " " : "") + word
            used += (used > 0 ? 1 : 0) + width
        }
        lines.append(line)
        return lines.prefix(max(rows, 1)).map { SafeText($0).truncated(toColumns: columns) }
    }
}
