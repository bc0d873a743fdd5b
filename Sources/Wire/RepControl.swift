/// One line of `queue`.
package struct QueueEntry: Equatable, Sendable {
    package var session: SessionID
    package var site: String
    package var state: SessionState
    /// Seconds since the ticket was opened.
    package var waited: UInt32
    package var page: PageFacts
    package var reason: String?
    /// Names of the reps who hold a seat.
    package var reps: [String]
    /// Whether this rep holds a seat, or held one a moment ago.
    package var mine: Bool
    package var continues: SessionID?

    package init(
        session: SessionID, site: String, state: SessionState, waited: UInt32, page: PageFacts, reason: String? = nil,
        reps: [String] = [], mine: Bool = false, continues: SessionID? = nil
    ) {
        self.session = session
        self.site = site
        self.state = state
        self.waited = waited
        self.page = page
        self.reason = reason
        self.reps = reps
        self.mine = mine
        self.continues = continues
    }

    init(_ reader: BodyReader) throws(WireError) {
        self.init(
            session: try reader.session(), site: try reader.text("site"),
            state: try reader.word("state", as: SessionState.self), waited: try reader.number("waited"),
            page: try PageFacts(try reader.reader("page")), reason: try reader.optionalText("reason"),
            reps: try reader.texts("reps"), mine: try reader.truth("mine"),
            continues: try reader.optionalSession("continues"))
    }

    /// The ticket as it stands in a `queue` body.
    package var bytes: [UInt8] { self.json.bytes }

    var json: JSONValue {
        .object(
            JSONObject([
                ("session", .string(self.session.text)), ("site", .string(self.site)),
                ("state", .string(self.state.rawValue)), ("waited", .number(Double(self.waited))),
                ("page", self.page.json), ("reason", self.reason.map { .string($0) }),
                ("reps", .array(self.reps.map { .string($0) })), ("mine", .bool(self.mine)),
                ("continues", self.continues.map { .string($0.text) }),
            ]))
    }
}

/// `queue` (0x4a): all tickets, in the order to serve.
package struct Queue: Equatable, Sendable {
    package var tickets: [QueueEntry]

    package init(tickets: [QueueEntry]) {
        self.tickets = tickets
    }

    package init(body: [UInt8]) throws(WireError) {
        guard let values = try BodyReader(body).object["tickets"]?.array else { throw .malformed }
        var tickets: [QueueEntry] = []
        for value in values {
            tickets.append(try QueueEntry(try BodyReader(value)))
        }
        self.init(tickets: tickets)
    }

    /// As many tickets, from the first, as a control body holds.
    package func body() -> [UInt8] { Self.body(of: self.tickets.lazy.map(\.bytes)) }

    /// The same of tickets that are encoded already, each by `QueueEntry.bytes`.
    package static func body(of entries: some Sequence<[UInt8]>) -> [UInt8] {
        let closing = Array("]}".utf8)
        var bytes = Array("{\"tickets\":[".utf8)
        var isFirst = true
        for entry in entries {
            guard bytes.count + (isFirst ? 0 : 1) + entry.count + closing.count <= WireLimits.controlBodyBytesMax else {
                break
            }
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes += entry
        }
        return bytes + closing
    }
}

/// `leave` (0x4d): a rep gives its seat in a session up.
package struct Leave: Equatable, Sendable {
    package var session: SessionID

    package init(session: SessionID) {
        self.session = session
    }

    package init(body: [UInt8]) throws(WireError) {
        self.init(session: try BodyReader(body).session())
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(JSONObject([("session", .string(self.session.text))])).bytes
    }
}

/// `seated` (0x4c): the rep has a seat.
package struct Seated: Equatable, Sendable {
    package var session: SessionID
    /// The number in the header of this session's frames.
    package var number: UInt32
    /// Words for what the seat may do.
    package var rights: [String]
    package var page: PageFacts
    package var state: SessionState
    /// Whether the seat is handed the shopper's cursor. Only false is written.
    package var cursor: Bool

    package init(
        session: SessionID, number: UInt32, rights: [String], page: PageFacts, state: SessionState, cursor: Bool = true
    ) {
        self.session = session
        self.number = number
        self.rights = rights
        self.page = page
        self.state = state
        self.cursor = cursor
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            session: try reader.session(), number: try reader.number("number"), rights: try reader.texts("rights"),
            page: try PageFacts(try reader.reader("page")), state: try reader.word("state", as: SessionState.self),
            cursor: try reader.optionalTruth("cursor") ?? true)
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("session", .string(self.session.text)), ("number", .number(Double(self.number))),
                ("rights", .array(self.rights.map { .string($0) })), ("page", self.page.json),
                ("state", .string(self.state.rawValue)), ("cursor", self.cursor ? nil : .bool(false)),
            ])
        ).bytes
    }
}

/// Why a wish was not granted.
package enum RefusalReason: String, CaseIterable, Sendable {
    /// Another rep was first.
    case taken
    /// No such session, or it has ended.
    case unknown
    /// This rep holds as many seats as it may.
    case capacity
    /// The session or the relay has no seat left.
    case full
    /// The audit log cannot be written.
    case audit
}

/// `refused` (0x4e): a wish was not granted; the link goes on.
package struct Refused: Equatable, Sendable {
    /// The name of the kind that was refused.
    package var what: String
    package var session: SessionID?
    package var why: RefusalReason
    /// A sentence for a person.
    package var text: String

    package init(what: FrameKind, session: SessionID?, why: RefusalReason, text: String) {
        self.what = what.name
        self.session = session
        self.why = why
        self.text = cut(text)
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.what = try reader.text("what")
        self.session = try reader.optionalSession("session")
        self.why = try reader.word("why", as: RefusalReason.self)
        self.text = try reader.text("text")
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("what", .string(self.what)), ("session", self.session.map { .string($0.text) }),
                ("why", .string(self.why.rawValue)), ("text", .string(self.text)),
            ])
        ).bytes
    }
}

/// `presence` (0x4f): the shopper of a session went, came back, moved to another page, or the session ended.
package struct Presence: Equatable, Sendable {
    package var session: SessionID
    package var state: SessionState
    package var why: EndReason?
    package var page: PageFacts?
    /// At the end: the path at the relay that soon has the session's receipt; nil where there will be none.
    package var receipt: String?
    /// Whether what happens from now on is not on record: the audit log has failed. It stays so to the session's end.
    package var unrecorded: Bool

    package init(
        session: SessionID, state: SessionState, why: EndReason? = nil, page: PageFacts? = nil,
        receipt: String? = nil, unrecorded: Bool = false
    ) {
        self.session = session
        self.state = state
        self.why = why
        self.page = page
        self.receipt = receipt
        self.unrecorded = unrecorded
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.session = try reader.session()
        self.state = try reader.word("state", as: SessionState.self)
        self.why = reader.object["why"] == nil ? nil : try reader.word("why", as: EndReason.self)
        self.page = reader.object["page"] == nil ? nil : try PageFacts(try reader.reader("page"))
        self.receipt = try reader.optionalText("receipt")
        self.unrecorded = try reader.optionalTruth("unrecorded") ?? false
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("session", .string(self.session.text)), ("state", .string(self.state.rawValue)),
                ("why", self.why.map { .string($0.rawValue) }), ("page", self.page?.json),
                ("receipt", self.receipt.map { .string($0) }), ("unrecorded", self.unrecorded ? .bool(true) : nil),
            ])
        ).bytes
    }
}
