import Glibc
import Synchronization
import Testing
import WebSocketTransport
import Wire

/// What the handler was told, in order.
enum Heard: Equatable, Sendable {
    case opened(LinkID)
    case message(LinkID, [UInt8])
    case writable(LinkID)
    case closed(LinkID, LinkClose)
    case deadline
    case woken
    case dialOpened(LinkID)
    case dialFailed(LinkID, DialFailure)
}

/// Waits for a state that another thread brings about.
@safe final class Watched<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    // Shared by design, like every semaphore; destroyed only when nobody holds the object.
    private nonisolated(unsafe) let changed: UnsafeMutablePointer<sem_t>

    init(_ value: Value) {
        self.value = Mutex(value)
        unsafe self.changed = .allocate(capacity: 1)
        unsafe sem_init(self.changed, 0, 0)
    }

    deinit {
        unsafe sem_destroy(self.changed)
        unsafe self.changed.deallocate()
    }

    func change(_ body: (inout sending Value) -> Void) {
        self.value.withLock { value in body(&value) }
        unsafe sem_post(self.changed)
    }

    var current: Value { self.value.withLock { $0 } }

    /// Returns the value as soon as `isReached`, or nil after 20 seconds without. One waiter at a time.
    @discardableResult
    func wait(_ isReached: (Value) -> Bool) -> Value? {
        var end = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += 20
        while true {
            let value = self.current
            if isReached(value) { return value }
            guard unsafe sem_timedwait(self.changed, &end) == 0 || errno == EINTR else { return nil }
        }
    }
}

/// What a test has the handler do. The defaults echo every message at the end of the turn.
struct Script: Sendable {
    var decide: @Sendable (RequestFacts) -> UpgradeDecision = { _ in .accept }
    var opened: @Sendable (TestHandler, LinkID) -> Void = { _, _ in }
    var message: @Sendable (TestHandler, LinkID, SharedFrame) -> Void = { $0.send($1, [$2]) }
    var answer: @Sendable (HTTPRequest) -> HTTPResponse = { _ in HTTPResponse(status: 200) }
}

/// A handler that keeps a journal and one bounded queue a link, as a runtime would.
final class TestHandler: LinkHandler {
    let loop: LinkLoop
    let script: Script
    let journal: Watched<[Heard]>
    let requests: Watched<[RequestFacts]>
    private let mailbox: Mailbox
    private var queues: [LinkID: [SharedFrame]] = [:]

    init(_ loop: LinkLoop, _ script: Script, _ server: LoopUnderTest.Shared) {
        self.loop = loop
        self.script = script
        self.journal = server.journal
        self.requests = server.requests
        self.mailbox = server.mailbox
    }

    /// Queues frames for a link; they leave at the end of the turn.
    func send(_ link: LinkID, _ frames: [SharedFrame]) { self.queues[link, default: []] += frames }

    /// Frames that still wait for a link.
    func queueCount(_ link: LinkID) -> Int { self.queues[link]?.count ?? 0 }

    /// Writes as many of the frames as the link takes, at once, and returns how many.
    func write(_ link: LinkID, _ frames: [SharedFrame]) -> Int {
        var taken = 0
        self.loop.write(link) { batch in
            while taken < frames.count, batch.append(frames[taken]) { taken += 1 }
        }
        return taken
    }

    private func drain(_ link: LinkID) {
        guard let queue = self.queues[link] else { return }
        let taken = self.write(link, queue)
        self.queues[link] = taken == queue.count ? nil : Array(queue.dropFirst(taken))
    }

    private func note(_ heard: Heard) { self.journal.change { $0.append(heard) } }

    func upgradeRequested(_ request: RequestFacts, now: UInt64) -> UpgradeDecision {
        self.requests.change { $0.append(request) }
        return self.script.decide(request)
    }

    func linkOpened(_ link: LinkID, _ request: RequestFacts, now: UInt64) {
        self.note(.opened(link))
        self.script.opened(self, link)
    }

    func messageReceived(_ link: LinkID, _ message: consuming FrameBuffer, now: UInt64) {
        let frame = SharedFrame(adopting: message)
        self.note(.message(link, frame.array))
        self.script.message(self, link, frame)
    }

    func linkWritable(_ link: LinkID, now: UInt64) {
        self.note(.writable(link))
        self.drain(link)
    }

    func linkClosed(_ link: LinkID, _ close: LinkClose, now: UInt64) {
        self.queues[link] = nil
        self.note(.closed(link, close))
    }

    func httpRequested(_ request: HTTPRequest, now: UInt64) -> HTTPResponse {
        self.requests.change { $0.append(request.facts) }
        return self.script.answer(request)
    }

    func turnEnded(now: UInt64) {
        for link in Array(self.queues.keys) where !self.loop.isBehind(link) {
            self.drain(link)
        }
    }

    func deadlinePassed(now: UInt64) { self.note(.deadline) }

    func mailboxWoken(now: UInt64) {
        for letter in self.mailbox.takeAll() {
            letter(self)
        }
        self.note(.woken)
    }

    func dialOpened(_ link: LinkID, now: UInt64) {
        self.note(.dialOpened(link))
        self.script.opened(self, link)
    }

    func dialFailed(_ link: LinkID, _ failure: DialFailure, now: UInt64) { self.note(.dialFailed(link, failure)) }
}

/// Closures for the loop's thread.
final class Mailbox: Sendable {
    private let letters = Mutex<[@Sendable (TestHandler) -> Void]>([])

    func put(_ letter: @escaping @Sendable (TestHandler) -> Void) { self.letters.withLock { $0.append(letter) } }

    func takeAll() -> [@Sendable (TestHandler) -> Void] {
        self.letters.withLock { letters in
            defer { letters = [] }
            return letters
        }
    }
}

/// A running loop with a listening socket on 127.0.0.1, stopped and joined when the test lets go of it.
final class LoopUnderTest {
    struct Shared: Sendable {
        let journal = Watched<[Heard]>([])
        let requests = Watched<[RequestFacts]>([])
        let mailbox = Mailbox()
    }

    let shared = Shared()
    let handle: ServiceLoopHandle
    let sockets: [ListeningSocket]
    private var isStopped = false

    var port: UInt16 { self.sockets[0].port }
    var journal: Watched<[Heard]> { self.shared.journal }

    /// `configure` sees a configuration with the listener in it.
    init(
        _ script: Script = Script(), on sockets: [ListeningSocket]? = nil,
        configure: (inout LoopConfiguration) -> Void = { _ in }
    ) throws {
        self.sockets = try sockets ?? [ListeningSocket.bind(host: "127.0.0.1", port: 0)]
        var configuration = LoopConfiguration()
        configuration.listeners = self.sockets.map { LoopConfiguration.Listener($0) }
        // Every client of a test has the same address.
        configuration.limits.connectionsPerAddressMax = 1000
        configure(&configuration)
        let shared = self.shared
        self.handle = try ServiceLoop.start(configuration) { loop in TestHandler(loop, script, shared) }
    }

    deinit { self.stop() }

    func stop(patience: Duration = .zero) {
        guard !self.isStopped else { return }
        self.isStopped = true
        self.handle.requestStop(patience: patience)
        self.handle.join()
        for socket in self.sockets {
            socket.close()
        }
    }

    /// Runs `body` on the loop's thread and waits for it.
    func run<Result: Sendable>(_ body: @escaping @Sendable (TestHandler) -> Result) -> Result? {
        let result = Watched<Result?>(nil)
        self.shared.mailbox.put { handler in
            let value = body(handler)
            result.change { $0 = value }
        }
        self.handle.wake()
        return result.wait { $0 != nil } ?? nil
    }

    /// Runs `body` on the loop's thread and waits for it. False when it never ran.
    @discardableResult
    func perform(_ body: @escaping @Sendable (TestHandler) -> Void) -> Bool {
        self.run { handler in
            body(handler)
            return true
        } ?? false
    }

    /// Asks on the loop's thread, turn after turn, until `isReached`; false after 20 seconds without.
    func reaches(_ isReached: @escaping @Sendable (LinkLoop) -> Bool) -> Bool {
        let end = time(nil) + 20
        while time(nil) < end {
            if self.run({ isReached($0.loop) }) == true { return true }
            sched_yield()
        }
        return false
    }

    /// A client that has become a link, and the link.
    func connect(receiveBytes: Int32? = nil) throws -> (RawClient, LinkID) {
        let before = self.openedLinks.count
        let client = RawClient(port: self.port, receiveBytes: receiveBytes)
        try #require(client.upgrade())
        try #require(self.journal.wait { Self.opened($0).count > before } != nil)
        return (client, self.openedLinks[before])
    }

    var openedLinks: [LinkID] { Self.opened(self.journal.current) }

    private static func opened(_ journal: [Heard]) -> [LinkID] {
        journal.compactMap { heard in
            if case .opened(let link) = heard { return link }
            return nil
        }
    }

    /// Waits for the one close of a link.
    func closing(of link: LinkID) -> LinkClose? {
        func closes(_ journal: [Heard]) -> [LinkClose] {
            journal.compactMap { heard in
                if case .closed(link, let close) = heard { return close }
                return nil
            }
        }
        guard let journal = self.journal.wait({ !closes($0).isEmpty }) else { return nil }
        return closes(journal).count == 1 ? closes(journal)[0] : nil
    }
}
