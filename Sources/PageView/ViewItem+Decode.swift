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
            isHatched: elements.count > 8 ? try ViewReader.bits(elements[8]) & 1 == 1 : false)
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
        return ViewImage(
            rect: try ViewReader.rect(elements, from: 1),
            kind: ViewImage.Kind(rawValue: kind) ?? .image,
            alternative: try ViewReader.text(ViewReader.element(elements, 6)),
            colour: try ViewReader.colour(ViewReader.element(elements, 7)))
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
