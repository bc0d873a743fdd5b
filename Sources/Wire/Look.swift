/// `look` (0x52): a part of the page that a rep looks at, out of the shopper's reach; from the rep to the relay, and on
/// to the shopper's script.
package struct Look: Equatable, Sendable {
    /// Down to where a page is looked at, in px: past the tallest that a browser lays out.
    package static let yMax: UInt32 = 10_000_000
    /// The tallest part, in px: three panes of the largest terminal at the smallest zoom.
    package static let heightMax: UInt32 = 20_000

    /// In CSS px of the document.
    package var y: UInt32
    /// At least 1.
    package var height: UInt32

    package init(y: UInt32, height: UInt32) {
        self.y = y
        self.height = height
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(y: try reader.number("y"), height: try reader.number("height"))
        guard self.y <= Self.yMax, (1...Self.heightMax).contains(self.height) else { throw .malformed }
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(JSONObject([("y", .number(Double(self.y))), ("height", .number(Double(self.height)))])).bytes
    }
}
