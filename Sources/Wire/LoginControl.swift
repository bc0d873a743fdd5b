/// `challenge` (0x47): what a rep has to sign.
package struct Challenge: Equatable, Sendable {
    /// Base64 of 32 random bytes.
    package var nonce: String
    /// The names under which this relay accepts a login.
    package var relay: [String]
    /// Seconds since 1970 by the relay's clock.
    package var now: UInt32

    package init(nonce: String, relay: [String], now: UInt32) {
        self.nonce = nonce
        self.relay = relay
        self.now = now
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            nonce: try reader.text("nonce"), relay: try reader.texts("relay"), now: try reader.number("now"))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("nonce", .string(self.nonce)), ("relay", .array(self.relay.map { .string($0) })),
                ("now", .number(Double(self.now))),
            ])
        ).bytes
    }
}

/// `login` (0x48): a rep's answer to `challenge`.
package struct Login: Equatable, Sendable {
    package var principal: String
    package var nonce: String
    package var cnonce: String
    /// The address the rep dialled.
    package var relay: String
    /// An armoured OpenSSH signature.
    package var signature: String

    package init(principal: String, nonce: String, cnonce: String, relay: String, signature: String) {
        self.principal = principal
        self.nonce = nonce
        self.cnonce = cnonce
        self.relay = relay
        self.signature = signature
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            principal: try reader.text("principal"), nonce: try reader.text("nonce"),
            cnonce: try reader.text("cnonce"), relay: try reader.text("relay"),
            signature: try reader.text("signature", bytesMax: WireLimits.signatureBytesMax))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("principal", .string(self.principal)), ("nonce", .string(self.nonce)),
                ("cnonce", .string(self.cnonce)), ("relay", .string(self.relay)),
                ("signature", .string(self.signature)),
            ])
        ).bytes
    }
}

/// `ready` (0x49): the login was accepted.
package struct Ready: Equatable, Sendable {
    package var principal: String
    package var name: String
    /// A one-use token for the `resume` of the next link; nil where the relay gives none.
    package var resume: String?

    package init(principal: String, name: String, resume: String? = nil) {
        self.principal = principal
        self.name = name
        self.resume = resume
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(
            principal: try reader.text("principal"), name: try reader.text("name"),
            resume: try reader.optionalText("resume"))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([
                ("principal", .string(self.principal)), ("name", .string(self.name)),
                ("resume", self.resume.map { .string($0) }),
            ])
        ).bytes
    }
}
