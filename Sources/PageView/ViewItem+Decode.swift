import Wire

extension ViewItem {
    /// Reads one item; nil for a kind that this program does not know.
    static func decoded(_ value: JSONValue) throws(ViewError) -> ViewItem? {
        let elements = try ViewReader.array(value)
        switch try ViewReader.text(ViewReader.element(elements, 0)) {
        case "b": return .box(try Self.box(elements))
        case "t": return .text(try Self.text(elements))
        case "m": return .masked(try Self.masked(elements))
        case "i": return .image(try Self.image(elements))
        case "f": return .control(try Self.control(elements))
        default: return nil
        }
    }

    private static func box(_ elements: [JSONValue]) throws(ViewError) -> ViewBox {
        ViewBox(
            rect: try ViewReader.rect(elements, from: 1),
            fill: try ViewReader.colour(ViewReader.element(elements, 5)),
            border: try ViewReader.border(elements.count > 6 ? elements[6] : nil),
            radius: elements.count > 7 ? try ViewReader.length(elements[7]) : 0,
            isHatched: elements.count > 8 ? try ViewReader.bits(elements[8]) & 1 == 1 : false,
            gradient: elements.count > 9 ? try Self.gradient(elements[9]) : nil)
    }

    private static func text(_ elements: [JSONValue]) throws(ViewError) -> ViewText {
        ViewText(
            rect: try ViewReader.rect(elements, from: 1),
            text: try ViewReader.text(ViewReader.element(elements, 5)),
            colour: try ViewReader.colour(ViewReader.element(elements, 6)),
            flags: ViewText.Flags(rawValue: try ViewReader.bits(ViewReader.element(elements, 7))),
            size: try ViewReader.length(ViewReader.element(elements, 8)))
    }

    private static func masked(_ elements: [JSONValue]) throws(ViewError) -> ViewMasked {
        let kind = try ViewReader.text(ViewReader.element(elements, 5))
        return ViewMasked(
            rect: try ViewReader.rect(elements, from: 1),
            kind: ViewMasked.Kind(rawValue: kind) ?? .private,
            colour: try ViewReader.colour(ViewReader.element(elements, 6)),
            size: try ViewReader.length(ViewReader.element(elements, 7)))
    }

    private static func image(_ elements: [JSONValue]) throws(ViewError) -> ViewImage {
        let kind = try ViewReader.text(ViewReader.element(elements, 5))
        let number = elements.count > 10 ? try ViewReader.bits(elements[10]) : 0
        let fine =
            elements.count > 12
            ? try Self.colours(
                elements[11], elements[12], columnsMax: ViewLimits.fineColumnsMax,
                countMax: ViewLimits.fineColourCountMax) : nil
        let coarse =
            elements.count > 9
            ? try Self.colours(
                elements[8], elements[9], columnsMax: ViewLimits.imageColumnsMax,
                countMax: ViewLimits.imageColourCountMax) : nil
        return ViewImage(
            rect: try ViewReader.rect(elements, from: 1),
            kind: ViewImage.Kind(rawValue: kind) ?? .image,
            alternative: try ViewReader.text(ViewReader.element(elements, 6)),
            colour: try ViewReader.colour(ViewReader.element(elements, 7)),
            colours: fine ?? coarse, number: number == 0 ? nil : number, isFine: fine != nil)
    }

    /// 0, or `[turn, first, last]`.
    private static func gradient(_ value: JSONValue) throws(ViewError) -> ViewGradient? {
        guard value != .number(0) else { return nil }
        let elements = try ViewReader.array(value)
        let turn = try ViewReader.number(ViewReader.element(elements, 0))
        guard turn >= 0, turn <= 360 else { throw .badNumber }
        return ViewGradient(
            turn: turn, first: try ViewReader.colour(ViewReader.element(elements, 1)),
            last: try ViewReader.colour(ViewReader.element(elements, 2)))
    }

    /// Four hexadecimal digits a colour; nil where there are none.
    private static func colours(
        _ columns: JSONValue, _ digits: JSONValue, columnsMax: Int, countMax: Int
    ) throws(ViewError) -> ViewColours? {
        let columns = try ViewReader.integer(columns, in: 0...columnsMax)
        guard case .string(let text) = digits else { throw .malformed }
        guard text.utf8.count <= 4 * countMax else { throw .tooMany }
        let digits = Array(text.utf8)
        guard columns > 0, !digits.isEmpty else { return nil }
        guard digits.count % (4 * columns) == 0 else { throw .malformed }
        var colours: [ViewColour] = []
        for start in stride(from: 0, to: digits.count, by: 4) {
            var rgba: UInt32 = 0
            for digit in digits[start..<(start + 4)] {
                guard let value = Self.value(ofDigit: digit) else { throw .malformed }
                rgba = rgba << 8 | value * 17
            }
            colours.append(ViewColour(rgba: rgba))
        }
        return ViewColours(columns: columns, colours: colours)
    }

    /// The value of a hexadecimal digit in lower case.
    private static func value(ofDigit byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        default: nil
        }
    }

    /// A masked control or a password keeps no value, even when the peer sent one.
    private static func control(_ elements: [JSONValue]) throws(ViewError) -> ViewControl {
        let kind = ViewControl.Kind(rawValue: try ViewReader.text(ViewReader.element(elements, 5))) ?? .text
        var state = ViewControl.State(rawValue: try ViewReader.bits(ViewReader.element(elements, 6)))
        if kind == .password {
            state.insert(.masked)
        }
        let value = try ViewReader.text(ViewReader.element(elements, 7))
        return ViewControl(
            rect: try ViewReader.rect(elements, from: 1), kind: kind, state: state,
            value: state.contains(.masked) ? "" : value,
            hint: try ViewReader.text(ViewReader.element(elements, 8)),
            fill: try ViewReader.colour(ViewReader.element(elements, 9)),
            border: try ViewReader.border(ViewReader.element(elements, 10)),
            colour: try ViewReader.colour(ViewReader.element(elements, 11)),
            size: try ViewReader.length(ViewReader.element(elements, 12)),
            name: elements.count > 13 ? try ViewReader.text(elements[13]) : "")
    }
}
