import PageView
import Terminal
import Wire

@testable import RepConsole

/// A rep's console in a story: says what arrives, remembers what the console wants done.
struct Desk {
    var model: Model
    var memo = PageMemo()
    var now = Moment(instant: Instant(nanoseconds: 100_000_000_000), wall: 1_700_000_000_000_000)

    init(columns: Int = 120, rows: Int = 40, acceptsNext: Bool = false, wantsCursor: Bool = true) {
        self.model = Model(
            relay: "wss://relay.example", principal: "ana", acceptsNext: acceptsNext, wantsCursor: wantsCursor,
            size: ScreenSize(columns: columns, rows: rows), now: self.now)
    }

    /// Logged in, with a queue of `tickets`.
    static func open(
        _ tickets: [QueueEntry] = [.sample(1), .sample(2)], columns: Int = 120, rows: Int = 40,
        acceptsNext: Bool = false, wantsCursor: Bool = true, token: String? = nil
    ) -> Desk {
        var desk = Desk(columns: columns, rows: rows, acceptsNext: acceptsNext, wantsCursor: wantsCursor)
        desk.hear(.linkOpened)
        desk.ready(token: token)
        desk.queue(tickets)
        return desk
    }

    /// Session 1 accepted, seated as number 7, its page shown.
    static func watching(columns: Int = 120, rows: Int = 40, token: String? = nil) -> Desk {
        var desk = Desk.open(columns: columns, rows: rows, token: token)
        desk.press(.enter)
        desk.seat(1, number: 7)
        desk.keyframe(7, sequence: 1)
        return desk
    }

    @discardableResult
    mutating func hear(_ message: Message) -> [Effect] { self.model.update(message, at: self.now) }

    @discardableResult
    mutating func login() -> [Effect] {
        self.hear(.linkOpened)
        return self.ready()
    }

    @discardableResult
    mutating func ready(token: String? = nil) -> [Effect] {
        self.hear(.control(.ready(Ready(principal: "ana", name: "Ana", resume: token))))
    }

    @discardableResult
    mutating func queue(_ tickets: [QueueEntry]) -> [Effect] { self.hear(.control(.queue(Queue(tickets: tickets)))) }

    mutating func seat(_ session: UInt64, number: UInt32, state: SessionState = .live) {
        self.hear(
            .control(
                .seated(
                    Seated(
                        session: .sample(session), number: number, rights: ["view"], page: .sample(session),
                        state: state))))
    }

    @discardableResult
    mutating func press(_ key: Stroke.Key) -> [Effect] { self.hear(.key(Stroke(key))) }

    /// Types characters, one key each.
    @discardableResult
    mutating func type(_ characters: String) -> [Effect] {
        characters.flatMap { self.press(.character($0)) }
    }

    @discardableResult
    mutating func keyframe(_ number: UInt32, sequence: UInt32, title: String = "Delivery") -> [Effect] {
        self.page(number, sequence: sequence, isKeyframe: true, .success(.keyframe(.sample(title: title))))
    }

    @discardableResult
    mutating func scroll(_ number: UInt32, sequence: UInt32) -> [Effect] {
        guard let scroll = try? ViewScroll(Array("[[0,0,40]]".utf8)) else {
            preconditionFailure("our own body is a scroll")
        }
        return self.page(number, sequence: sequence, isKeyframe: false, .success(.scroll(scroll)))
    }

    @discardableResult
    mutating func page(
        _ number: UInt32, sequence: UInt32, isKeyframe: Bool, _ content: Result<PageFrame, PageProblem>
    ) -> [Effect] {
        self.hear(
            .page(
                PageArrival(
                    number: number, sequence: sequence, captureTime: self.now.wall - 12_000, isKeyframe: isKeyframe,
                    content: content)))
    }

    mutating func cursor(_ number: UInt32, x: Double, y: Double) {
        self.hear(.cursor(number: number, captureTime: self.now.wall - 12_000, point: ViewPoint(x: x, y: y)))
    }

    @discardableResult
    mutating func pass(_ duration: Duration) -> [Effect] {
        self.now.instant = self.now.instant + duration
        self.now.wall += UInt64(duration.nanosecondsClamped / 1000)
        return self.hear(.tick)
    }

    mutating func screen() -> Screen { ConsoleView.draw(self.model, memo: &self.memo) }

    mutating func text() -> String { self.screen().text() }

    /// The text with every run of blanks as one.
    mutating func words() -> String {
        self.text().split(whereSeparator: { $0 == " " || $0 == "\n" }).joined(separator: " ")
    }
}

extension SessionID {
    static func sample(_ number: UInt64) -> SessionID { SessionID(high: 0, low: number) }
}

extension Challenge {
    static let sample = Challenge(nonce: "n", relay: ["wss://relay.example"], now: 0)
}

extension PageFacts {
    static func sample(_ number: UInt64) -> PageFacts {
        let name = number == 2 ? "Basket" : "Delivery"
        return PageFacts(url: "https://shop.example/\(name.lowercased())", title: name, language: "en")
    }
}

extension QueueEntry {
    static func sample(
        _ number: UInt64, state: SessionState = .waiting, waited: UInt32 = 65, mine: Bool = false,
        reps: [String] = [], continues: UInt64? = nil
    ) -> QueueEntry {
        QueueEntry(
            session: .sample(number), site: "demo", state: state, waited: waited, page: .sample(number),
            reason: number == 2 ? "asked for help" : "postcode refused 3× in 42 s", reps: reps, mine: mine,
            continues: continues.map { .sample($0) })
    }
}

extension View {
    /// A delivery form, 1280 by 800.
    static func sample(title: String = "Delivery") -> View {
        let body = """
            {"page":{"id":1,"url":"https://shop.example/delivery","title":"\(title)","language":"en"},
             "viewport":[1280,800],"size":[1280,1400],"ground":4294967295,"layers":[[0,0,0,0,0,1280,1400,0,0]],
             "blocks":[[1,0,64,120,[["t",0,0,210,32,"Delivery details",421338111,1,26]]],
             [2,0,64,180,[["t",0,0,70,16,"Postcode",1111573759,0,14],
             ["f",0,20,370,40,"text",96,"","",4294967295,[1,3284386815],421338111,14],
             ["t",0,68,330,16,"Enter a full postcode",3291684607,0,14]]],
             [3,0,64,300,[["b",0,0,180,44,3831966463,0,4],["t",40,13,100,18,"Place order",4294967295,289,15]]],
             [4,0,700,120,[["t",0,0,180,20,"Order summary",421338111,1,18],
             ["t",0,40,60,16,"Total",421338111,0,14],["t",300,40,70,16,"£105.65",421338111,65,14]]]]}
            """
        guard let view = try? View(keyframe: Array(body.utf8)) else {
            preconditionFailure("our own body is a view")
        }
        return view
    }
}
