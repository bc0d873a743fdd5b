/// A frame of the page lane by what its shopper gave it: enough to find it again, whichever link brought it.
///
/// The sequence alone is not: it starts anew on each of the shopper's links.
package struct FrameMark: Hashable, Sendable {
    /// Place in the page lane of the shopper's link.
    package var sequence: UInt32
    /// Microseconds since 1970 by the shopper's clock.
    package var captureTime: UInt64

    package init(sequence: UInt32, captureTime: UInt64) {
        self.sequence = sequence
        self.captureTime = captureTime
    }

    /// The mark of a whole frame.
    package init(of frame: SharedFrame) {
        // A shared frame begins with a whole header: 24 bytes.
        self = unsafe frame.withBytes { bytes in
            unsafe FrameMark(
                sequence: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self).littleEndian,
                captureTime: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self).littleEndian)
        }
    }
}

/// `resume` (0x51): a rep's answer to `challenge` after a lost link, instead of `login`.
package struct Resume: Equatable, Sendable {
    /// One seat that was held over the lost link.
    package struct Seat: Equatable, Sendable {
        package var session: SessionID
        /// The last page frame that was applied; nil where there is no base, or where its capture time is past
        /// `FrameMark`'s range in JSON.
        package var last: FrameMark?
        /// As in `Accept`, for a seat that is not kept and has to be given anew.
        package var cursor: Bool

        package init(session: SessionID, last: FrameMark?, cursor: Bool = true) {
            self.session = session
            self.cursor = cursor
            self.last = last.flatMap { $0.captureTime <= Resume.captureTimeMax ? $0 : nil }
        }

        init(_ reader: BodyReader) throws(WireError) {
            self.session = try reader.session()
            self.cursor = try reader.optionalTruth("cursor") ?? true
            guard reader.object["last"] != nil else { return }
            guard let at = reader.object["at"]?.int, let captureTime = UInt64(exactly: at),
                captureTime <= Resume.captureTimeMax
            else { throw .malformed }
            self.last = FrameMark(sequence: try reader.number("last"), captureTime: captureTime)
        }

        var json: JSONValue {
            .object(
                JSONObject([
                    ("session", .string(self.session.text)),
                    ("last", self.last.map { .number(Double($0.sequence)) }),
                    ("at", self.last.map { .number(Double($0.captureTime)) }),
                    ("cursor", self.cursor ? nil : .bool(false)),
                ]))
        }
    }

    /// Beyond it a JSON number is not exact.
    static let captureTimeMax: UInt64 = 1 << 53

    /// The token of the last `ready`.
    package var token: String
    /// At most `WireLimits.resumeSeatCountMax`.
    package var seats: [Seat]

    package init(token: String, seats: [Seat]) {
        self.token = token
        self.seats = Array(seats.prefix(WireLimits.resumeSeatCountMax))
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        guard let values = reader.object["seats"]?.array, values.count <= WireLimits.resumeSeatCountMax else {
            throw .malformed
        }
        self.token = try reader.text("token")
        self.seats = []
        for value in values { self.seats.append(try Seat(try BodyReader(value))) }
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([("token", .string(self.token)), ("seats", .array(self.seats.map(\.json)))])
        ).bytes
    }
}
