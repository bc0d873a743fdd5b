import Support
import Testing
import Wire

@Suite struct ControlBodyTests {
    @Test func everyControlVectorReadsAsItSays() throws {
        for vector in try Vectors.load("control.json") {
            let name = try #require(vector["name"]?.string)
            let kind = try #require(vector["kind"]?.string)
            let body = Array(try #require(vector["body"]?.string).utf8)
            if let value = vector["value"] {
                #expect(try JSONValue(parsing: Self.rewritten(kind, body)) == value, "\(name)")
            } else {
                #expect(throws: WireError.malformed, "\(name)") { try Self.rewritten(kind, body) }
            }
        }
    }

    @Test func aControlBodyCutAnywhereIsMalformed() throws {
        let body = Hello(
            site: "demo", page: PageFacts(url: "https://a.example/", title: "Ä", language: "de"), reason: "x"
        ).body()
        for count in 0..<body.count {
            #expect(throws: WireError.malformed) { try Hello(body: Array(body[..<count])) }
        }
    }

    @Test func aQueueTooLongForABodyLosesItsEndNotItsForm() throws {
        let page = PageFacts(url: String(repeating: "u", count: 512), title: "t", language: "en")
        let entry = QueueEntry(
            session: SessionID(high: 1, low: 2), site: "demo", state: .waiting, waited: 1, page: page)
        let body = Queue(tickets: Array(repeating: entry, count: 400)).body()
        #expect(body.count <= WireLimits.controlBodyBytesMax)
        let read = try Queue(body: body)
        #expect(read.tickets.count > 80 && read.tickets.count < 400)
    }

    @Test func aTextIsCutAtACharactersEdge() {
        #expect(cut("abc", toBytes: 3) == "abc")
        #expect(cut("abé", toBytes: 3) == "ab")
        #expect(cut("👨‍👩‍👧x", toBytes: 17) == "")
    }

    /// Reads a body as its kind and writes it again.
    private static func rewritten(_ kind: String, _ body: [UInt8]) throws(WireError) -> [UInt8] {
        switch kind {
        case "hello": try Hello(body: body).body()
        case "welcome": try Welcome(body: body).body()
        case "acknowledge": try Acknowledge(body: body).body()
        case "watch": try Watch(body: body).body()
        case "place": try Place(body: body).body()
        case "end": try End(body: body).body()
        case "consent": try Consent(body: body).body()
        case "challenge": try Challenge(body: body).body()
        case "login": try Login(body: body).body()
        case "ready": try Ready(body: body).body()
        case "resume": try Resume(body: body).body()
        case "queue": try Queue(body: body).body()
        case "accept": try Accept(body: body).body()
        case "leave": try Leave(body: body).body()
        case "seated": try Seated(body: body).body()
        case "refused": try Refused(body: body).body()
        case "look": try Look(body: body).body()
        case "ask": try Ask(body: body).body()
        case "answer": try Answer(body: body).body()
        case "presence": try Presence(body: body).body()
        default: preconditionFailure("a vector of an unknown kind: \(kind)")
        }
    }
}
