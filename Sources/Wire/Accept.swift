/// `accept` (0x4b): a rep wants a seat.
package struct Accept: Equatable, Sendable {
    package var session: SessionID
    /// Whether the seat is to be handed the shopper's cursor. Only false is written.
    package var cursor: Bool

    package init(session: SessionID, cursor: Bool = true) {
        self.session = session
        self.cursor = cursor
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(session: try reader.session(), cursor: try reader.optionalTruth("cursor") ?? true)
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([("session", .string(self.session.text)), ("cursor", self.cursor ? nil : .bool(false))])
        ).bytes
    }
}
