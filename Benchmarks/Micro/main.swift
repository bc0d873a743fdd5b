import AuditCore
import RelayCore
import Terminal
import Wire

// microbenchmarks            what one operation costs, in nanoseconds
// microbenchmarks TURNS      that many turns of a fixed session and nothing else, for a counter of instructions

let seatCount = 8
let framesPerTurn = 4

/// What a caller keeps of a result, so that the optimiser cannot leave the work out.
@inline(never)
func keep<Value>(_ value: Value) {}

func measureHeader() {
    let header = FrameHeader(kind: .delta, session: 7, sequence: 9, bodyByteCount: 600, captureTime: 1)
    let bytes = Frame(.delta, session: 7, sequence: 9, captureTime: 1, body: Array(repeating: 0x20, count: 600)).bytes
    Stopwatch.measure("header: encode", operations: 100_000) { count in
        var out: [UInt8] = []
        out.reserveCapacity(FrameHeader.byteCount)
        for _ in 0..<count {
            out.removeAll(keepingCapacity: true)
            header.encode(into: &out)
        }
        keep(out)
    }
    Stopwatch.measure("header: parse and check", operations: 100_000) { count in
        for _ in 0..<count { keep(try? FrameHeader(parsing: unsafe bytes.span.bytes, at: 0)) }
    }
}

func measureRing() {
    for seats in [1, 8, 64] {
        Stopwatch.measure("ring: \(framesPerTurn) frames in, gathered for \(seats) seats, a turn", operations: 5_000) {
            var steady = SteadySession(seatCount: seats)
            for _ in 0..<$0 { steady.turn(frames: framesPerTurn, bytes: 600) }
            keep(steady.handedOver)
        }
    }
}

func measureDiffer() {
    let lines = (0..<56).map { row in
        SafeText(String(repeating: "Delivery to \(row) ", count: 20).prefix(200).description)
    }
    let other = (0..<56).map { row in
        SafeText(String(repeating: "Payment of \(row)  ", count: 20).prefix(200).description)
    }
    func compose(_ texts: [SafeText]) -> Screen {
        var screen = Screen(columns: 200, rows: 56)
        for (row, text) in texts.enumerated() { screen.put(text, column: 0, row: row) }
        return screen
    }
    let (before, after) = (compose(lines), compose(other))
    var touched = before
    touched.put("Postcode refused", column: 90, row: 30)
    Stopwatch.measure("terminal: compose 200 x 56", operations: 50) { count in
        for _ in 0..<count { keep(compose(lines)) }
    }
    for (name, next) in [("every cell", after), ("one word", touched), ("nothing", before)] {
        Stopwatch.measure("terminal: differ 200 x 56, \(name) changed", operations: 50) { count in
            var out: [UInt8] = []
            for _ in 0..<count {
                out.removeAll(keepingCapacity: true)
                Differ.append(from: before, to: next, options: OutputOptions(), into: &out)
            }
            keep(out.count)
        }
    }
}

func measureAudit() {
    let session = SessionID(high: 1, low: 2)
    for bytes in [64, 600, 20_000] {
        let frame = SharedFrame(Array(repeating: 0x20, count: bytes))
        Stopwatch.measure("audit: hash a frame of \(bytes) B", operations: 2_000) { count in
            var hash = FrameHash(of: session)
            for _ in 0..<count { hash.append(frame) }
            keep(hash)
        }
    }
    let entry = AuditEntry(.seatJoined(seat: 1, rights: ["view"]), by: .relay, site: "shop", session: session)
    let stamp = AuditStamp(wall: 1, mono: 1)
    let record = AuditRecord(entry, sequence: 1, at: stamp, boot: BootID(high: 1, low: 1))
    Stopwatch.measure("audit: append a record", operations: 5_000) { count in
        var lines = AuditLines()
        for number in 0..<count {
            lines.append(record)
            if number % 100 == 99 { lines.removeAll() }
        }
        keep(lines.count)
    }
}

if let turns = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) {
    var steady = SteadySession(seatCount: seatCount)
    for _ in 0..<turns { steady.turn(frames: framesPerTurn, bytes: 600) }
    print(turns * framesPerTurn * seatCount)
} else {
    print("| operation | ns |\n|---|---|")
    measureHeader()
    measureRing()
    measureDiffer()
    measureAudit()
    DrawnPage.measure()
}
