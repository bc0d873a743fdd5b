/// `hello` (0x40): the first frame of a shopper's link.
package struct Hello: Equatable, Sendable {
    package var site: String
    package var page: PageFacts
    /// Why the shopper asks for help, in words.
    package var reason: String?
    /// The one-use token of the session to go on with.
    package var resume: String?
    /// The session that this one takes up when it cannot be resumed.
    package var continues: SessionID?

    package init(
        site: String, page: PageFacts, reason: String? = nil, resume: String? = nil, continues: SessionID? = nil
    ) {
        self.site = site
        self.page = page
        self.reason = reason
        self.resume = resume
        self.continues = continues
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            site: try reader.text("site"), page: try PageFacts(try reader.reader("page")),
            reason: try reader.optionalText("reason"), resume: try reader.optionalText("resume"),
            continues: try reader.optionalSession("continues"))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("site", .string(self.site)), ("page", self.page.json), ("reason", self.reason.map { .string($0) }),
                ("resume", self.resume.map { .string($0) }),
                ("continues", self.continues.map { .string($0.text) }),
            ])
        ).bytes
    }
}

/// `welcome` (0x41): the relay's answer to `hello`.
package struct Welcome: Equatable, Sendable {
    package var session: SessionID
    package var number: UInt32
    package var resume: String
    package var resumed: Bool
    /// The last talk sequence the relay holds.
    package var talk: UInt32
    package var consented: Bool
    /// Whether the site wants its sessions recorded: the shopper is to be told, and may agree (`recording.md`).
    package var recorded: Bool

    package init(
        session: SessionID, number: UInt32, resume: String, resumed: Bool, talk: UInt32, consented: Bool,
        recorded: Bool = false
    ) {
        self.session = session
        self.number = number
        self.resume = resume
        self.resumed = resumed
        self.talk = talk
        self.consented = consented
        self.recorded = recorded
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            session: try reader.session(), number: try reader.number("number"), resume: try reader.text("resume"),
            resumed: try reader.truth("resumed"), talk: try reader.number("talk"),
            consented: try reader.truth("consented"), recorded: try reader.optionalTruth("recorded") ?? false)
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        let members: [(String, JSONValue)] = [
            ("session", .string(self.session.text)), ("number", .number(Double(self.number))),
            ("resume", .string(self.resume)), ("resumed", .bool(self.resumed)),
            ("talk", .number(Double(self.talk))), ("consented", .bool(self.consented)),
        ]
        return JSONValue.object(JSONObject(members + (self.recorded ? [("recorded", .bool(true))] : []))).bytes
    }
}

/// `acknowledge` (0x42): every talk frame up to `talk` is safe.
package struct Acknowledge: Equatable, Sendable {
    package var talk: UInt32

    package init(talk: UInt32) {
        self.talk = talk
    }

    package init(body: [UInt8]) throws(WireError) {
        self.init(talk: try BodyReader(body).number("talk"))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(JSONObject([("talk", .number(Double(self.talk)))])).bytes
    }
}

/// `watch` (0x43): whether anyone looks, and who.
package struct Watch: Equatable, Sendable {
    package var on: Bool
    package var reps: [String]
    /// Whether what happens from now on is not on record: the audit log has failed.
    package var unrecorded: Bool

    package init(on: Bool, reps: [String], unrecorded: Bool = false) {
        self.on = on
        self.reps = reps
        self.unrecorded = unrecorded
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            on: try reader.truth("on"), reps: try reader.texts("reps", countMax: WireLimits.watchNamesMax),
            unrecorded: try reader.optionalTruth("unrecorded") ?? false)
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("on", .bool(self.on)), ("reps", .array(self.reps.map { .string($0) })),
                ("unrecorded", self.unrecorded ? .bool(true) : nil),
            ])
        ).bytes
    }
}

/// `place` (0x45): where the ticket stands in the queue.
package struct Place: Equatable, Sendable {
    /// From 1.
    package var position: UInt32
    package var waiting: UInt32

    package init(position: UInt32, waiting: UInt32) {
        self.position = position
        self.waiting = waiting
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(position: try reader.number("position"), waiting: try reader.number("waiting"))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([("position", .number(Double(self.position))), ("waiting", .number(Double(self.waiting)))])
        ).bytes
    }
}

/// `end` (0x46): the session is to end, or has ended.
package struct End: Equatable, Sendable {
    package var why: EndReason
    /// The path at the relay that soon has the session's receipt; nil where there will be none.
    package var receipt: String?

    package init(why: EndReason, receipt: String? = nil) {
        self.why = why
        self.receipt = receipt
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            why: try reader.word("why", as: EndReason.self), receipt: try reader.optionalText("receipt"))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([("why", .string(self.why.rawValue)), ("receipt", self.receipt.map { .string($0) })])
        ).bytes
    }
}

/// `consent` (0x30): what the shopper agreed to, and in which words.
package struct Consent: Equatable, Sendable {
    /// The shopper's answer.
    package enum Decision: String, Sendable {
        case given
        case refused
        case withdrawn
    }

    package var decision: Decision
    /// The version of the text that was read.
    package var text: String
    /// BCP 47 tag of the words shown.
    package var language: String
    package var scope: [String]

    package init(decision: Decision, text: String, language: String, scope: [String]) {
        self.decision = decision
        self.text = text
        self.language = language
        self.scope = scope
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            decision: try reader.word("decision", as: Decision.self), text: try reader.text("text"),
            language: try reader.text("language"), scope: try reader.texts("scope", countMax: 16))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("decision", .string(self.decision.rawValue)), ("text", .string(self.text)),
                ("language", .string(self.language)), ("scope", .array(self.scope.map { .string($0) })),
            ])
        ).bytes
    }
}
