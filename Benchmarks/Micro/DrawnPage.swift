import PageView
import RepConsole
import Terminal
import Wire

/// A rep's console from a frame to the bytes for a terminal of 200 x 56: two dense pages in turn, then the cursor.
struct DrawnPage {
    private static let size = ScreenSize(columns: 200, rows: 56)
    /// Rounds of one measurement: enough for a 99th percentile.
    private static let rounds = 400

    private var model: Model
    private var memo = PageMemo()
    private var display = Display(options: OutputOptions())
    private var bytes: [UInt8] = []
    private var sequence: UInt32 = 0
    private let now = Moment(instant: Instant(nanoseconds: 1_000_000_000), wall: 1_700_000_000_000_000)

    /// Seated in a session.
    private init() {
        self.model = Model(relay: "ws://relay.example", principal: "ana", size: Self.size, now: self.now)
        let session = SessionID(high: 0, low: 1)
        let page = PageFacts(url: "https://shop.example/", title: "Shop", language: "en")
        let entry = QueueEntry(session: session, site: "demo", state: .waiting, waited: 1, page: page)
        let seated = Seated(session: session, number: 7, rights: ["view"], page: page, state: .live)
        let messages: [Message] = [
            .linkOpened, .control(.ready(Ready(principal: "ana", name: "Ana"))),
            .control(.queue(Queue(tickets: [entry]))), .key(Stroke(.enter)), .control(.seated(seated)),
        ]
        for message in messages { _ = self.model.update(message, at: self.now) }
    }

    /// Prints median and 99th percentile of each.
    static func measure() {
        var drawn = DrawnPage()
        let views = [Self.view(name: "Alder", shade: 0), Self.view(name: "Birch", shade: 4)]
        let clock = ContinuousClock()
        var (pages, cursors, nothings): ([Double], [Double], [Double]) = ([], [], [])
        var (pageBytes, cursorBytes, nothingBytes) = (0, 0, 0)
        for round in 0..<(Self.rounds + 20) {
            drawn.show(views[round % 2])
            let page = Self.milliseconds(clock.measure { pageBytes = drawn.draw() })
            drawn.moveCursor(x: Double(100 + round % 900), y: Double(100 + round % 600))
            let cursor = Self.milliseconds(clock.measure { cursorBytes = drawn.draw() })
            let nothing = Self.milliseconds(clock.measure { nothingBytes += drawn.draw() })
            guard round >= 20 else { continue }
            pages.append(page)
            cursors.append(cursor)
            nothings.append(nothing)
        }
        Self.report("console 200 x 56: whole page changed (\(pageBytes) B)", pages)
        Self.report("console 200 x 56: cursor moved (\(cursorBytes) B)", cursors)
        Self.report("console 200 x 56: nothing changed (\(nothingBytes) B in all)", nothings)
    }

    private mutating func show(_ view: View) {
        self.sequence += 1
        let arrival = PageArrival(
            number: 7, sequence: self.sequence, captureTime: self.now.wall, isKeyframe: true,
            content: .success(.keyframe(view)))
        _ = self.model.update(.page(arrival), at: self.now)
    }

    private mutating func moveCursor(x: Double, y: Double) {
        _ = self.model.update(
            .cursor(number: 7, captureTime: self.now.wall, point: ViewPoint(x: x, y: y)), at: self.now)
    }

    /// Composes the screen and writes what differs; returns how many bytes that are.
    private mutating func draw() -> Int {
        self.bytes.removeAll(keepingCapacity: true)
        self.display.append(ConsoleView.draw(self.model, memo: &self.memo), into: &self.bytes)
        return self.bytes.count
    }

    private static func milliseconds(_ time: Duration) -> Double {
        Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
    }

    private static func report(_ name: String, _ times: [Double]) {
        let sorted = times.sorted()
        func figure(_ part: Int) -> String {
            let micros = Int((sorted[min(sorted.count * part / 100, sorted.count - 1)] * 1000).rounded())
            let rest = String(micros % 1000)
            return "\(micros / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
        }
        print("| \(name) | p50 \(figure(50)) ms, p99 \(figure(99)) ms |")
    }

    /// A grid of 40 products with pictures, prices and buttons, and a form beside it: about 330 items in a viewport of
    /// 1280 x 820.
    private static func view(name: String, shade: Int) -> View {
        var blocks: [String] = []
        for place in 0..<40 {
            let colours = (0..<64).map { ["f80f", "08ff", "eeef", "246f"][($0 + place + shade) % 4] }.joined()
            blocks.append(
                """
                [\(place + 1),0,\(place % 8 * 120),\(80 + place / 8 * 148),[
                ["b",0,0,112,140,4294967295,[1,3435973887],6],
                ["i",6,6,100,50,"image","\(name) shoe \(place)",2155905279,8,"\(colours)"],
                ["t",6,60,96,16,"\(name) shoe \(place), size \(place % 9)",421338111,16,13],
                ["t",6,78,50,16,"£\(place + shade).99",421338111,1,14],
                ["t",60,78,40,16,"£\(place + 9).99",2290649343,8,12],
                ["b",6,104,100,28,\(3_831_966_463 - shade * 4096),0,4],
                ["t",20,110,70,16,"Add to basket",4294967295,288,13]]]
                """)
        }
        for field in 0..<8 {
            blocks.append(
                """
                [\(100 + field),0,980,\(80 + field * 88),[["t",0,0,120,16,"Field \(name) \(field)",421338111,256,14],
                ["f",0,20,280,38,"text",96,"","Hint \(field)",4294967295,[1,3284386815],421338111,14],
                ["t",0,62,260,14,"A line of help in small print for \(name)",2290649343,0,12]]]
                """)
        }
        let body = """
            {"page":{"id":1,"url":"https://shop.example/","title":"\(name)","language":"en"},"viewport":[1280,820],
             "size":[1280,2400],"ground":\(4_294_967_295 - shade * 256),"layers":[[0,0,0,0,0,1280,2400,0,0]],
             "blocks":[\(blocks.joined(separator: ","))]}
            """
        guard let view = try? View(keyframe: Array(body.utf8)) else {
            preconditionFailure("our own body is a view")
        }
        return view
    }
}
