/// `ask` (0x53): what a rep asks of the shopper's page; from the rep to the relay, and on to the shopper's script with
/// the relay's number for it and the rep's name.
package struct Ask: Equatable, Sendable {
    /// What is asked for, by the number that the view gives it.
    package enum Thing: Equatable, Sendable {
        /// That the shopper go to another tab of theirs.
        case tab(UInt32)
        /// A finer picture of one image.
        case picture(UInt32)
    }

    package var thing: Thing
    /// Counts the asks of a session from 1; nil from a rep, for the relay gives it.
    package var number: UInt32?
    /// The name of the rep who asks; nil from a rep.
    package var rep: String?

    package init(_ thing: Thing, number: UInt32? = nil, rep: String? = nil) {
        self.thing = thing
        self.number = number
        self.rep = rep
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        let tab = reader.object["tab"] == nil ? nil : try reader.number("tab")
        let picture = reader.object["picture"] == nil ? nil : try reader.number("picture")
        switch (tab, picture) {
        case (let tab?, nil): self.thing = .tab(tab)
        case (nil, let picture?): self.thing = .picture(picture)
        case (nil, nil), (.some, .some): throw .malformed
        }
        self.number = reader.object["ask"] == nil ? nil : try reader.number("ask")
        self.rep = try reader.optionalText("rep")
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        let thing: (String, JSONValue)
        switch self.thing {
        case .tab(let number): thing = ("tab", .number(Double(number)))
        case .picture(let number): thing = ("picture", .number(Double(number)))
        }
        return JSONValue.object(
            JSONObject([
                ("ask", self.number.map { .number(Double($0)) }), ("rep", self.rep.map { .string($0) }), thing,
            ])
        ).bytes
    }
}

/// `answer` (0x54): what became of an ask for a tab; from the shopper's script to the relay, and on to all seats.
package struct Answer: Equatable, Sendable {
    /// What became of it.
    package enum Word: String, CaseIterable, Sendable {
        /// The shopper went there.
        case yes
        case no
        /// The shopper did neither in time, or went elsewhere.
        case lapsed
        /// There is no such tab any more.
        case gone
    }

    /// The number of the ask.
    package var ask: UInt32
    package var word: Word

    package init(ask: UInt32, word: Word) {
        self.ask = ask
        self.word = word
    }

    package init(body: [UInt8]) throws(WireError) {
        let reader = try BodyReader(body)
        self.init(ask: try reader.number("ask"), word: try reader.word("answer", as: Word.self))
    }

    /// The body as it crosses the wire.
    package func body() -> [UInt8] {
        JSONValue.object(
            JSONObject([("ask", .number(Double(self.ask))), ("answer", .string(self.word.rawValue))])
        ).bytes
    }
}
