package import Wire

/// Layers that scrolled.
package struct ViewScroll: Equatable, Sendable {
    /// One layer's scroll place, in px.
    package struct Entry: Equatable, Sendable {
        package var layer: Int
        package var scrollX: Double
        package var scrollY: Double
    }

    package var entries: [Entry]

    /// Reads the body of a scroll; `bytes` are inflated already.
    package init(_ bytes: [UInt8]) throws(ViewError) {
        try self.init(ViewReader.value(bytes))
    }

    /// Reads the parsed body of a scroll.
    package init(_ value: JSONValue) throws(ViewError) {
        self.entries = []
        for element in try ViewReader.array(value, atMost: ViewLimits.layerCountMax) {
            let elements = try ViewReader.array(element)
            self.entries.append(
                Entry(
                    layer: try ViewReader.integer(ViewReader.element(elements, 0), in: 0...Int(UInt32.max)),
                    scrollX: try ViewReader.coordinate(ViewReader.element(elements, 1)),
                    scrollY: try ViewReader.coordinate(ViewReader.element(elements, 2))))
        }
    }
}

/// The shopper pressed somewhere. It is shown, never repeated.
package struct ViewPress: Equatable, Sendable {
    /// What the pointer did.
    package enum What: String, Sendable, CaseIterable {
        case down, up, tap
    }

    /// In px of the viewport.
    package var point: ViewPoint
    package var what: What

    /// Reads the body of a press; `bytes` are inflated already.
    package init(_ bytes: [UInt8]) throws(ViewError) {
        try self.init(ViewReader.value(bytes))
    }

    /// Reads the parsed body of a press.
    package init(_ value: JSONValue) throws(ViewError) {
        let elements = try ViewReader.array(value)
        self.point = try ViewReader.point(elements)
        guard let what = What(rawValue: try ViewReader.text(ViewReader.element(elements, 2))) else { throw .malformed }
        self.what = what
    }
}

/// Where the shopper's cursor is.
package struct ViewCursor: Equatable, Sendable {
    /// In px of the viewport; nil when it left the page.
    package var point: ViewPoint?

    /// Reads the body of a cursor frame; `bytes` are inflated already.
    package init(_ bytes: [UInt8]) throws(ViewError) {
        try self.init(ViewReader.value(bytes))
    }

    /// Reads the parsed body of a cursor frame.
    package init(_ value: JSONValue) throws(ViewError) {
        let elements = try ViewReader.array(value)
        self.point = elements.isEmpty ? nil : try ViewReader.point(elements)
    }
}

extension ViewReader {
    /// Elements 0 and 1 as a point.
    static func point(_ elements: [JSONValue]) throws(ViewError) -> ViewPoint {
        ViewPoint(
            x: try Self.coordinate(Self.element(elements, 0)), y: try Self.coordinate(Self.element(elements, 1)))
    }
}
