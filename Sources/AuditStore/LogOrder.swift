internal import AuditCore
package import Wire

/// What another program asks of whoever writes the log: to put an act on record, or to destroy a recording.
///
/// One line of JSON at the log's door: `Protocol/recording.md`, "The door".
package enum LogOrder: Equatable, Sendable {
    /// Records were read; `what` is the command.
    case read(what: String, session: SessionID?)
    /// What a seat saw was shown.
    case replayed(SessionID, seat: Int)
    /// A copy was made.
    case exported(format: String, session: SessionID?)
    /// Key and recording are to be destroyed, for good.
    case erase(SessionID, reason: String)
    /// The same by the site's rule; `why` is `age` or `size`.
    case expire(SessionID, why: String)
    /// Nothing of the session may be destroyed.
    case hold(SessionID, reason: String)
    /// It may again.
    case lift(SessionID, reason: String)

    /// The order's line, without a line feed.
    package var line: String {
        let (name, session, word, seat): (String, SessionID?, String, Int) =
            switch self {
            case .read(let what, let session): ("read", session, what, 0)
            case .replayed(let session, let seat): ("replayed", session, "", seat)
            case .exported(let format, let session): ("exported", session, format, 0)
            case .erase(let session, let reason): ("erase", session, reason, 0)
            case .expire(let session, let why): ("expire", session, why, 0)
            case .hold(let session, let reason): ("hold", session, reason, 0)
            case .lift(let session, let reason): ("lift", session, reason, 0)
            }
        let place = session.map { ",\"session\":\"\($0.text)\"" } ?? ""
        return "{\"order\":\"\(name)\"\(place),\"text\":\(JSONText.quoted(word)),\"seat\":\(seat)}"
    }

    /// Reads an order's line; nil where it is none.
    package init?(line: [UInt8]) {
        guard let value = try? JSONValue(parsing: line), let name = value["order"]?.string else { return nil }
        let session = value["session"]?.string.flatMap { SessionID($0) }
        let text = value["text"]?.string ?? ""
        guard session != nil || value["session"] == nil else { return nil }
        switch (name, session) {
        case ("read", _): self = .read(what: text, session: session)
        case ("exported", _): self = .exported(format: text, session: session)
        case ("replayed", let session?):
            guard let seat = value["seat"]?.number.flatMap({ Int(exactly: $0) }), seat > 0 else { return nil }
            self = .replayed(session, seat: seat)
        case ("erase", let session?): self = .erase(session, reason: text)
        case ("expire", let session?): self = .expire(session, why: text)
        case ("hold", let session?): self = .hold(session, reason: text)
        case ("lift", let session?): self = .lift(session, reason: text)
        case (_, _): return nil
        }
    }
}

/// What became of an order.
package enum LogAnswer: Equatable, Sendable {
    /// Done, and on record. For `erase` and `expire`: so many files and bytes are gone.
    case done(files: Int, bytes: Int)
    /// Not done, in a sentence.
    case refused(String)

    /// The answer's line, without a line feed.
    var line: String {
        switch self {
        case .done(let files, let bytes): "{\"ok\":true,\"files\":\(files),\"bytes\":\(bytes)}"
        case .refused(let why): "{\"ok\":false,\"why\":\(JSONText.quoted(why))}"
        }
    }

    /// Reads an answer's line; nil where it is none.
    init?(line: [UInt8]) {
        guard let value = try? JSONValue(parsing: line) else { return nil }
        func count(_ name: String) -> Int? { value[name]?.number.flatMap { Int(exactly: $0) } }
        if let why = value["why"]?.string {
            self = .refused(why)
        } else if let files = count("files"), let bytes = count("bytes") {
            self = .done(files: files, bytes: bytes)
        } else {
            return nil
        }
    }

    init(_ files: Int, _ bytes: Int) { self = .done(files: files, bytes: bytes) }
}
