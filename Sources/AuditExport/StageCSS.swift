internal import PageView

/// Style declarations for a view's parts. Whatever a page sent comes in as numbers and leaves as numbers.
enum StageCSS {
    /// At most two digits behind the point; never an exponent.
    static func number(_ value: Double) -> String {
        let hundredths = Int((min(max(value, -1e9), 1e9) * 100).rounded())
        let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
        let digits = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
        return (hundredths < 0 ? "-" : "") + "\(whole)" + digits
    }

    /// `#rrggbbaa`.
    static func colour(_ colour: ViewColour) -> String {
        let digits = String(colour.rgba, radix: 16)
        return "#" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    static func place(x: Double, y: Double) -> String {
        "position:absolute;left:\(Self.number(x))px;top:\(Self.number(y))px"
    }

    static func rect(_ rect: ViewRect) -> String {
        Self.place(x: rect.x, y: rect.y) + ";width:\(Self.number(rect.width))px;height:\(Self.number(rect.height))px"
    }

    /// How an item looks.
    static func item(_ item: ViewItem) -> String {
        let place = Self.rect(item.rect) + ";box-sizing:border-box"
        switch item {
        case .box(let box):
            let hatch = ";background-image:repeating-linear-gradient(45deg,#8888 0 6px,#fff8 6px 12px)"
            return place + ";background-color:\(Self.colour(box.fill))" + Self.border(box.border)
                + (box.radius > 0 ? ";border-radius:\(Self.number(box.radius))px" : "")
                + (box.isHatched ? hatch : "")
        case .text(let text):
            return place + Self.letters(text.colour, text.size, height: text.rect.height) + Self.flags(text.flags)
        case .masked(let masked):
            return place + ";overflow:hidden;background:\(Self.colour(masked.colour))"
                + Self.letters(masked.colour, masked.size, height: masked.rect.height)
        case .image(let image):
            return place + ";overflow:hidden;font-size:12px;outline:1px dashed #8888;background:"
                + (image.colour.isClear ? "#ddd8" : Self.colour(image.colour))
        case .control(let control):
            return place + ";overflow:hidden;padding-left:4px;background-color:\(Self.colour(control.fill))"
                + Self.border(control.border)
                + Self.letters(control.colour, control.size, height: control.rect.height)
                + (control.state.contains(.invalid) ? ";outline:2px solid #d92d20" : "")
        }
    }

    /// The words of an item, as the rep's client has them; nil where it has none.
    static func words(_ item: ViewItem) -> String? {
        switch item {
        case .box: return nil
        case .text(let text): return text.text + (text.flags.contains(.cutByPage) ? "…" : "")
        case .masked: return "▒▒▒▒"
        case .image(let image): return image.alternative.isEmpty ? nil : image.alternative
        case .control(let control):
            switch control.kind {
            case .check: return control.state.contains(.checked) ? "✓" : nil
            case .radio: return control.state.contains(.checked) ? "•" : nil
            case .text, .password, .area, .select, .range, .file, .colour, .date:
                if control.hidesValue { return "▒▒▒▒" }
                let words = control.value.isEmpty ? control.hint : control.value
                return words.isEmpty ? nil : words
            }
        }
    }

    private static func letters(_ colour: ViewColour, _ size: Double, height: Double) -> String {
        ";white-space:pre;color:\(Self.colour(colour));font-size:\(Self.number(size))px;"
            + "line-height:\(Self.number(height))px"
    }

    private static func flags(_ flags: ViewText.Flags) -> String {
        var css = ""
        if flags.contains(.bold) { css += ";font-weight:bold" }
        if flags.contains(.italic) { css += ";font-style:italic" }
        let lines = (flags.contains(.underline) ? " underline" : "") + (flags.contains(.struck) ? " line-through" : "")
        if !lines.isEmpty { css += ";text-decoration:\(lines.dropFirst())" }
        if flags.contains(.centred) { css += ";text-align:center" }
        if flags.contains(.rightAligned) { css += ";text-align:right" }
        return css
    }

    private static func border(_ border: ViewBorder) -> String {
        guard border.isPainted else { return "" }
        return [("top", border.top), ("right", border.right), ("bottom", border.bottom), ("left", border.left)]
            .filter { $0.1.isPainted }
            .map { ";border-\($0.0):\(Self.number($0.1.width))px solid \(Self.colour($0.1.colour))" }.joined()
    }
}
