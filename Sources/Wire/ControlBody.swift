/// Reads the members of a control or talk body; every fault is `WireError.malformed`.
struct BodyReader {
    let object: JSONObject

    init(_ bytes: [UInt8]) throws(WireError) {
        guard let value = try? JSONValue(parsing: bytes), let object = value.object else { throw .malformed }
        self.object = object
    }

    init(_ value: JSONValue) throws(WireError) {
        guard let object = value.object else { throw .malformed }
        self.object = object
    }

    /// A required text of at most `bytesMax` UTF-8 bytes.
    func text(_ name: String, bytesMax: Int = WireLimits.textBytesMax) throws(WireError) -> String {
        guard let text = self.object[name]?.string, text.utf8.count <= bytesMax else { throw .malformed }
        return text
    }

    /// An optional text; null counts as absent.
    func optionalText(_ name: String) throws(WireError) -> String? {
        switch self.object[name] {
        case nil, .null?: return nil
        case .some: return try self.text(name)
        }
    }

    /// A required array of texts.
    func texts(_ name: String, countMax: Int = 64) throws(WireError) -> [String] {
        guard let array = self.object[name]?.array, array.count <= countMax else { throw .malformed }
        var texts: [String] = []
        for value in array {
            guard let text = value.string, text.utf8.count <= WireLimits.textBytesMax else { throw .malformed }
            texts.append(text)
        }
        return texts
    }

    /// A required whole number from 0 to 2³² − 1.
    func number(_ name: String) throws(WireError) -> UInt32 {
        guard let number = self.object[name]?.int, let number = UInt32(exactly: number) else { throw .malformed }
        return number
    }

    /// A required truth value.
    func truth(_ name: String) throws(WireError) -> Bool {
        guard let truth = self.object[name]?.bool else { throw .malformed }
        return truth
    }

    /// An optional truth value; one that is present and wrong is malformed.
    func optionalTruth(_ name: String) throws(WireError) -> Bool? {
        guard self.object[name] != nil else { return nil }
        return try self.truth(name)
    }

    /// A required session id.
    func session(_ name: String = "session") throws(WireError) -> SessionID {
        guard let session = SessionID(try self.text(name)) else { throw .malformed }
        return session
    }

    /// An optional session id; one that is present and wrong is malformed.
    func optionalSession(_ name: String) throws(WireError) -> SessionID? {
        guard let text = try self.optionalText(name) else { return nil }
        guard let session = SessionID(text) else { throw .malformed }
        return session
    }

    /// A required word of a closed list.
    func word<Word: RawRepresentable<String>>(_ name: String, as type: Word.Type) throws(WireError) -> Word {
        guard let word = Word(rawValue: try self.text(name)) else { throw .malformed }
        return word
    }

    /// A required object that is itself read by name.
    func reader(_ name: String) throws(WireError) -> BodyReader {
        guard let value = self.object[name] else { throw .malformed }
        return try BodyReader(value)
    }
}

/// Cuts a text to a number of UTF-8 bytes at a character's edge.
package func cut(_ text: String, toBytes bytesMax: Int = WireLimits.textBytesMax) -> String {
    guard text.utf8.count > bytesMax else { return text }
    var kept = 0
    var end = text.startIndex
    while end < text.endIndex {
        let next = text.index(after: end)
        kept += text[end..<next].utf8.count
        guard kept <= bytesMax else { break }
        end = next
    }
    return String(text[..<end])
}

/// Where a shopper is: what the script says of the page, already scrubbed.
package struct PageFacts: Equatable, Sendable {
    /// Address without fragment and query values.
    package var url: String
    package var title: String
    /// BCP 47 tag; empty when the page names none.
    package var language: String

    package init(url: String, title: String, language: String) {
        self.url = cut(url)
        self.title = cut(title)
        self.language = cut(language)
    }

    init(_ reader: BodyReader) throws(WireError) {
        self.init(
            url: try reader.text("url"), title: try reader.text("title"),
            language: try reader.optionalText("language") ?? "")
    }

    /// As a member of `hello`, `queue`, `seated` and `presence`.
    package var json: JSONValue {
        .object(
            JSONObject([
                ("url", .string(self.url)), ("title", .string(self.title)), ("language", .string(self.language)),
            ]))
    }
}

/// Whether a session's shopper is there.
package enum SessionState: String, Sendable {
    /// No rep has taken the ticket yet.
    case waiting
    /// A rep watches or may come back, and the shopper's link is up.
    case live
    /// The shopper's link is down: navigation, reload, a lost network.
    case away
    /// Over.
    case ended
}

/// Who or what ended a session.
package enum EndReason: String, CaseIterable, Sendable {
    case shopper
    case rep
    /// The shopper did not come back in time.
    case away
    /// The daemon stops, or the audit log cannot be written.
    case relay
}
