internal import Glibc
internal import Synchronization
internal import WebSocketTransport
internal import Wire

extension FuzzTarget {
    /// Sends the input to a real loop as what a stranger's connection says: a byte for the size of the pieces, 0 for
    /// one piece, then the request and, once it is a link, its WebSocket frames.
    static func request(_ input: [UInt8]) throws(BrokenPromise) {
        guard let size = input.first else { return }
        guard case .success(let door) = Door.only else {
            throw BrokenPromise(description: "a loop on a socket without addresses starts")
        }
        try door.receive(Array(input.dropFirst()), pieceByteCount: size == 0 ? .max : Int(size))
    }
}

/// A running loop that listens on a socket without addresses (unix(7), abstract), which runs out of no ports. One for
/// the process and one connection at a time.
private final class Door: Sendable {
    static let only = Result { try Door() }

    private let ledger = AddressLedger()
    private let journal: Watched
    private let handle: ServiceLoopHandle
    private let turn = Mutex(())
    /// A name that no other process has.
    private static let name = "alongside-fuzz-\(getpid())"

    private init() throws {
        let descriptor = try Self.listen()
        let journal = Watched()
        self.journal = journal
        var configuration = LoopConfiguration()
        configuration.listeners = [.init(try ListeningSocket.adopting(descriptor: descriptor))]
        configuration.ledger = self.ledger
        configuration.limits.messageBytesMax = 4096
        self.handle = try ServiceLoop.start(configuration) { Visited(loop: $0, journal: journal) }
    }

    /// One connection from its first byte to its end.
    func receive(_ bytes: [UInt8], pieceByteCount: Int) throws(BrokenPromise) {
        let outcome = self.turn.withLock { _ in
            Result { () throws(BrokenPromise) in try self.visit(bytes, pieceByteCount: pieceByteCount) }
        }
        try outcome.get()
    }

    private func visit(_ bytes: [UInt8], pieceByteCount: Int) throws(BrokenPromise) {
        self.journal.forget()
        let client = Self.connect()
        try promise("the door is open", client >= 0)
        defer { close(client) }
        var rest = bytes[...]
        var pieceCount = 0
        while !rest.isEmpty {
            // Endless pieces would only cost time.
            pieceCount += 1
            let piece = pieceCount < 32 ? rest.prefix(pieceByteCount) : rest
            rest = rest.dropFirst(piece.count)
            guard Self.send(Array(piece), to: client) else { break }
            if !rest.isEmpty { self.awaitTurn() }
        }
        shutdown(client, Int32(SHUT_WR))
        guard let answer = Self.readToEnd(client) else {
            throw BrokenPromise(description: "a connection whose peer has ended is ended")
        }
        try self.check(answer, of: bytes)
    }

    private func check(_ answer: [UInt8], of bytes: [UInt8]) throws(BrokenPromise) {
        // Whoever is gone is forgotten: the loop closes the descriptor just before.
        while self.ledger.startingCount > 0 { self.awaitTurn() }
        let heard = self.journal.current
        try promise("a connection is one transaction", heard.requestCount <= 1)
        try promise("a handler gets what it may count on", heard.areFactsKept)
        // libwebsockets answers what it cannot read as if to HTTP/1.0.
        let isAnswer = ["HTTP/1.1 ", "HTTP/1.0 403 "].contains { answer.starts(with: Array($0.utf8)) }
        try promise("nothing is said but HTTP", answer.isEmpty || isAnswer)
        let isLink = answer.starts(with: Array("HTTP/1.1 101 ".utf8))
        try promise("a link is what the handler has accepted", !isLink || heard.wasAccepted)
        try promise("a message comes from a link", heard.messageCount == 0 || isLink)
        try promise("an unasked upgrade is none", !isLink || Self.asksForLink(bytes))
    }

    /// The words without which nothing becomes a link (RFC 6455, 4.2.1).
    private static func asksForLink(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return ["get ", "upgrade", "websocket", "sec-websocket-key", "13", "alongside.v1"].allSatisfy(text.contains)
    }

    /// Lets the loop go round once.
    private func awaitTurn() {
        let before = self.journal.current.turnCount
        self.handle.wake()
        self.journal.wait { $0.turnCount > before }
    }

    // The socket.

    private static func listen() throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard unsafe Self.withAddress({ unsafe bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 9) == 0 else {
            throw BrokenPromise(description: "a socket without addresses is bound")
        }
        return descriptor
    }

    private static func connect() -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        _ = unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard unsafe Self.withAddress({ unsafe Glibc.connect(descriptor, $0, $1) }) == 0 else { return -1 }
        return descriptor
    }

    private static func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = [UInt8](Self.name.utf8)
        // Proof: the name is shorter than the 108 bytes of a path; a leading zero makes it abstract.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0[1...].copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.count)
        return unsafe withUnsafeBytes(of: &address) { bytes in
            // Proof: `bytes` is a whole `sockaddr_un`, which begins like every `sockaddr`.
            unsafe body(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), size)
        }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Nil when the end never came.
    private static func readToEnd(_ descriptor: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &piece, piece.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return bytes }
            // The fuzzer's own alarm interrupts.
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            bytes += piece[..<count]
        }
    }
}

/// What the handler heard of one connection.
private struct HeardOfOne {
    var requestCount = 0
    var wasAccepted = false
    var messageCount = 0
    var areFactsKept = true
    var turnCount = 0
}

/// What the loop's thread writes and the fuzzer's waits for.
@safe private final class Watched: Sendable {
    private let value = Mutex(HeardOfOne())
    // Proof: a semaphore is made to be shared (sem_overview(7)), and this one lives as long as the process.
    private nonisolated(unsafe) let changed = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { unsafe sem_init(self.changed, 0, 0) }

    var current: HeardOfOne { self.value.withLock { $0 } }

    func forget() { self.value.withLock { $0 = HeardOfOne(turnCount: $0.turnCount) } }

    func change(_ body: (inout HeardOfOne) -> Void) {
        self.value.withLock { body(&$0) }
        unsafe sem_post(self.changed)
    }

    func wait(_ isReached: (HeardOfOne) -> Bool) {
        while !isReached(self.current) { unsafe sem_wait(self.changed) }
    }
}

/// A handler that takes every link and gives every message back.
private final class Visited: LinkHandler {
    private let loop: LinkLoop
    private let journal: Watched
    private var echoes: [(LinkID, SharedFrame)] = []

    init(loop: LinkLoop, journal: Watched) {
        self.loop = loop
        self.journal = journal
    }

    func upgradeRequested(_ request: RequestFacts, now: UInt64) -> UpgradeDecision {
        let isAccepted = request.path != "/refused"
        self.note(request) { $0.wasAccepted = isAccepted }
        return isAccepted ? (request.path == "/rep" ? .acceptSmall : .accept) : .refuse(status: 404)
    }

    func linkOpened(_ link: LinkID, _ request: RequestFacts, now: UInt64) {}

    func messageReceived(_ link: LinkID, _ message: consuming FrameBuffer, now: UInt64) {
        self.journal.change { $0.messageCount += 1 }
        self.echoes.append((link, SharedFrame(adopting: message)))
    }

    func linkWritable(_ link: LinkID, now: UInt64) {}
    func linkClosed(_ link: LinkID, _ close: LinkClose, now: UInt64) {}

    func httpRequested(_ request: HTTPRequest, now: UInt64) -> HTTPResponse {
        self.note(request.facts) { _ in }
        return HTTPResponse(status: 200, body: Array((request.facts.argument("echo") ?? "none").utf8))
    }

    func turnEnded(now: UInt64) {
        for (link, frame) in self.echoes { self.loop.write(link) { _ = $0.append(frame) } }
        self.echoes.removeAll()
    }

    func deadlinePassed(now: UInt64) {}

    func mailboxWoken(now: UInt64) { self.journal.change { $0.turnCount += 1 } }

    private func note(_ facts: RequestFacts, _ more: (inout HeardOfOne) -> Void) {
        let isKept = Self.isKept(facts, self.loop.limits)
        self.journal.change { heard in
            heard.requestCount += 1
            heard.areFactsKept = heard.areFactsKept && isKept
            more(&heard)
        }
    }

    /// What a handler may count on, whatever was sent.
    private static func isKept(_ facts: RequestFacts, _ limits: TransportLimits) -> Bool {
        if case .one(let origin) = facts.origin {
            guard origin.utf8.count <= limits.headerValueBytesMax,
                origin.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") })
            else { return false }
        }
        // A cut in the middle of a character leaves at most one replacement of three bytes.
        let most = limits.headerValueBytesMax + 2
        return facts.path.hasPrefix("/") && (facts.host ?? "").utf8.count <= most
            && (facts.userAgent ?? "").utf8.count <= most
            && (facts.acceptEncoding ?? "").utf8.count <= limits.headerValueBytesMax
            && facts.arguments.allSatisfy { !$0.isEmpty }
    }
}
