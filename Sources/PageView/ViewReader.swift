import Wire

/// Typed reading of one parsed body: every missing, wrong or excessive value is a `ViewError`.
enum ViewReader {
    /// Parses a whole body. `bytes` are inflated already.
    static func value(_ bytes: [UInt8]) throws(ViewError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .notJSON
        }
    }

    static func array(_ value: JSONValue?) throws(ViewError) -> [JSONValue] {
        guard case .array(let elements)? = value else { throw .malformed }
        return elements
    }

    /// The list, with at most `limit` elements.
    static func array(_ value: JSONValue?, atMost limit: Int) throws(ViewError) -> [JSONValue] {
        let elements = try Self.array(value)
        guard elements.count <= limit else { throw .tooMany }
        return elements
    }

    static func element(_ elements: [JSONValue], _ index: Int) throws(ViewError) -> JSONValue {
        guard index < elements.count else { throw .malformed }
        return elements[index]
    }

    static func text(_ value: JSONValue?) throws(ViewError) -> String {
        guard case .string(let text)? = value else { throw .malformed }
        guard text.utf8.count <= ViewLimits.textBytesMax else { throw .textTooLong }
        return text
    }

    static func number(_ value: JSONValue?) throws(ViewError) -> Double {
        guard case .number(let number)? = value else { throw .malformed }
        return number
    }

    /// A place in px. Written so that a value that is not a number fails.
    static func coordinate(_ value: JSONValue?) throws(ViewError) -> Double {
        let number = try Self.number(value)
        guard abs(number) <= ViewLimits.coordinateMax else { throw .badNumber }
        return number
    }

    /// A length in px: a coordinate that is not negative.
    static func length(_ value: JSONValue?) throws(ViewError) -> Double {
        let number = try Self.coordinate(value)
        guard number >= 0 else { throw .badNumber }
        return number
    }

    /// A whole number within `range`.
    static func integer(_ value: JSONValue?, in range: ClosedRange<Int>) throws(ViewError) -> Int {
        let number = try Self.number(value)
        guard let integer = Int(exactly: number), range.contains(integer) else { throw .badNumber }
        return integer
    }

    /// Bits and colours: 32 unsigned bits.
    static func bits(_ value: JSONValue?) throws(ViewError) -> UInt32 {
        guard let bits = UInt32(exactly: try Self.number(value)) else { throw .badNumber }
        return bits
    }

    static func colour(_ value: JSONValue?) throws(ViewError) -> ViewColour {
        ViewColour(rgba: try Self.bits(value))
    }

    /// `[width, height]`.
    static func size(_ value: JSONValue?) throws(ViewError) -> ViewSize {
        let elements = try Self.array(value)
        return ViewSize(
            width: try Self.length(Self.element(elements, 0)), height: try Self.length(Self.element(elements, 1)))
    }

    /// Elements `first` to `first + 3` as `x, y, width, height`.
    static func rect(_ elements: [JSONValue], from first: Int) throws(ViewError) -> ViewRect {
        ViewRect(
            x: try Self.coordinate(Self.element(elements, first)),
            y: try Self.coordinate(Self.element(elements, first + 1)),
            width: try Self.length(Self.element(elements, first + 2)),
            height: try Self.length(Self.element(elements, first + 3)))
    }

    /// The member `reach`: rectangles of the document; nil when absent.
    static func reach(_ value: JSONValue?) throws(ViewError) -> [ViewRect]? {
        guard let value else { return nil }
        var rects: [ViewRect] = []
        for element in try Self.array(value, atMost: ViewLimits.reachCountMax) {
            rects.append(try Self.rect(Self.array(element), from: 0))
        }
        return rects
    }

    /// 0, `[width, colour]`, or `[tw, tc, rw, rc, bw, bc, lw, lc]`; none when absent.
    static func border(_ value: JSONValue?) throws(ViewError) -> ViewBorder {
        guard let value, value != .number(0) else { return .none }
        let elements = try Self.array(value)
        if elements.count == 2 {
            let edge = try Self.edge(elements, from: 0)
            return ViewBorder(top: edge, right: edge, bottom: edge, left: edge)
        }
        return ViewBorder(
            top: try Self.edge(elements, from: 0), right: try Self.edge(elements, from: 2),
            bottom: try Self.edge(elements, from: 4), left: try Self.edge(elements, from: 6))
    }

    private static func edge(_ elements: [JSONValue], from first: Int) throws(ViewError) -> ViewEdge {
        ViewEdge(
            width: try Self.length(Self.element(elements, first)),
            colour: try Self.colour(Self.element(elements, first + 1)))
    }
}
