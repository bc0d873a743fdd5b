import CLibuv
import CLibwebsockets
import Glibc
import Synchronization
import Wire

/// What a loop is made of.
package struct LoopConfiguration: Sendable {
    /// A socket to accept from, and whether TLS is spoken on it.
    package struct Listener: Sendable {
        package let socket: ListeningSocket
        package let isSecure: Bool

        package init(_ socket: ListeningSocket, isSecure: Bool = false) {
            self.socket = socket
            self.isSecure = isSecure
        }
    }

    /// The thread's name, at most 15 bytes (Linux).
    package var name = "links"

    package var limits = TransportLimits()
    package var listeners: [Listener] = []

    /// Needed when a listener is secure.
    package var tls: TLSFiles?

    /// A PEM file of authorities that dialling trusts in place of the system's.
    package var authorities: String?

    /// Shared between the loops of one relay.
    package var ledger = AddressLedger()

    /// The same: spreads connections evenly over them.
    package var share = ConnectionShare()

    package init() {}
}

/// Counts since the loop started, for metrics. Read on the loop's thread.
package struct LoopCounters: Equatable, Sendable {
    package var accepted = 0
    package var handedOver = 0
    package var refusedByAddress = 0
    package var refusedByCount = 0
    package var refusedByPenalty = 0
    package var droppedEarly = 0
    package var acceptPauses = 0
    package var handshakesRefused = 0
    package var linksOpened = 0
    package var linksClosed = 0
    package var sends = 0
    package var partialSends = 0
}

/// One thread's share of the links: libwebsockets on our own libuv loop. What a handler may ask of it.
///
/// Owned by its thread: every method here is called on it, by the handler. Other threads have only `ServiceLoopHandle`.
/// The class is not generic because a C callback cannot be: libwebsockets' one `user` pointer is this object,
/// unretained
/// (the thread holds it until the context is gone), and `ServiceLoop<Handler>` overrides each `deliver` method to call
/// its handler by its static type. An event costs one virtual call and no existential.
@safe package class LinkLoop {
    package let limits: TransportLimits

    /// What happened so far.
    package var counters: LoopCounters { self.counted }

    /// Not visible outside the module, so that the optimiser sees every access and proves that none overlap.
    var counted = LoopCounters()

    let configuration: LoopConfiguration
    let events: EventLoop
    let control: LoopControl
    let table = LinkTable()

    /// Memory that libwebsockets keeps pointers into; freed after the context.
    let setup: UnsafeMutablePointer<clws_setup>
    var sizes: clws_sizes
    var hostNames: [UnsafeMutablePointer<CChar>]
    var context: OpaquePointer?
    var plainHost: OpaquePointer?
    var secureHost: OpaquePointer?
    var clientHost: OpaquePointer?
    var secureClientHost: OpaquePointer?

    /// The gather area, used within one `write` only; also the scratch for headers and HTTP pieces.
    let gather: UnsafeMutableRawPointer
    var gatherCount = 0

    /// What the write has gathered there and in large frames.
    let stretches = GatheredStretches()

    /// What is left of the last block, for other links in the same turn.
    var block = GatheredBlock()

    /// The link of the `write` that is going on.
    var writing: LinkID?

    /// The time of this turn; nil before anyone asked.
    var turnTime: UInt64?
    var hasNews = false
    var deadline: UInt64?
    var nextSlot = 0
    var openCount = 0

    /// Connections that did not take all of a write; some may have caught up since.
    var behindLinks: [LinkID] = [] { didSet { self.areLinksBehind = !self.behindLinks.isEmpty } }
    var areLinksBehind = false
    var halfClosedCheckedAt: UInt64 = 0
    var acceptPause: UInt64
    var hellos: HelloQueue
    var helloPace = HelloPace()
    var stopping: StopRequest?
    var failedDials: [(LinkID, DialFailure)] = [] { didSet { self.haveDialsFailed = !self.failedDials.isEmpty } }
    var haveDialsFailed = false

    /// Links whose last piece was large: more of it may wait in the socket.
    var readingOn: [LinkID] = []
    var isReadingOn = false

    var linkOfSocket = SocketIndex()

    /// Room for the descriptors of links that have been pinged in a turn; who finds none is seen in the next.
    var pinged = [Int32](repeating: 0, count: 256)

    init(_ configuration: LoopConfiguration, control: LoopControl) throws(TransportError) {
        self.configuration = configuration
        self.limits = configuration.limits
        self.control = control
        self.events = try EventLoop()
        self.acceptPause = configuration.limits.acceptPauseMin.nanoseconds
        self.hellos = try HelloQueue()
        unsafe self.hostNames = []
        unsafe self.setup = .allocate(capacity: 1)
        unsafe self.setup.initialize(to: clws_setup())
        unsafe self.gather = .allocate(byteCount: configuration.limits.gatherBytesMax, alignment: 16)
        self.sizes = clws_sizes(
            handshake_seconds: configuration.limits.handshakeSeconds,
            header_bytes_max: UInt32(configuration.limits.headerBytesMax),
            receive_bytes: UInt32(configuration.limits.receiveBytes),
            send_bytes: UInt32(configuration.limits.sendBytes),
            service_bytes: UInt32(configuration.limits.serviceBytes))
    }

    deinit {
        unsafe self.setup.deallocate()
        unsafe self.gather.deallocate()
        for index in unsafe self.hostNames.indices {
            unsafe free(self.hostNames[index])
        }
    }

    /// Monotonic nanoseconds, the same for the whole turn.
    package var now: UInt64 {
        if let time = self.turnTime { return time }
        let time = EventLoop.now
        self.turnTime = time
        return time
    }

    /// Connections now, handshakes and HTTP included.
    package var connectionCount: Int { self.table.count }

    /// Links that are open now.
    package var linkCount: Int { self.openCount }

    /// Calls `deadlinePassed` once when `time` has come, or never for nil. A new deadline replaces the old one.
    package func setDeadline(_ time: UInt64?) {
        guard time != self.deadline else { return }
        self.deadline = time
        guard let time else {
            self.events.disarm(.deadline)
            return
        }
        let now = EventLoop.now
        unsafe self.events.arm(.deadline, after: time > now ? time - now : 0) { timer in
            guard let timer = unsafe timer else { return }
            unsafe LinkLoop.at(timer.pointee.data).deadlineFired()
        }
    }

    /// Another limit for the messages of one link: a shopper's pages are larger than a rep's requests.
    package func setMessageLimit(_ link: LinkID, bytes: Int, closeCode: UInt16) {
        guard let link = self.table[link] else { return }
        link.messageBytesMax = bytes
        link.oversizeCloseCode = closeCode
    }

    // What the handler hears. `ServiceLoop` overrides each; nothing else makes a `LinkLoop`.

    func deliverUpgradeRequested(_ request: RequestFacts) -> UpgradeDecision { .refuse(status: 503) }
    func deliverLinkOpened(_ link: LinkID, _ request: RequestFacts) {}
    func deliverMessage(_ link: LinkID, _ message: consuming FrameBuffer) {}
    func deliverLinkWritable(_ link: LinkID) {}
    func deliverLinkClosed(_ link: LinkID, _ close: LinkClose) {}
    func deliverHTTPRequested(_ request: HTTPRequest) -> HTTPResponse { .plain(503) }
    func deliverTurnEnded() {}
    func deliverDeadlinePassed() {}
    func deliverMailboxWoken() {}
    func deliverDialOpened(_ link: LinkID) {}
    func deliverDialFailed(_ link: LinkID, _ failure: DialFailure) {}

    /// The loop behind a `data` or `user` pointer.
    static func at(_ pointer: UnsafeMutableRawPointer?) -> LinkLoop {
        // Proof: only `asPointer` of a loop is ever stored there, and the loop outlives its handles and its context.
        unsafe Unmanaged<LinkLoop>.fromOpaque(pointer!).takeUnretainedValue()
    }

    /// The same for the time of one call: without counting a reference, once for each message.
    static func with<Result>(_ pointer: UnsafeMutableRawPointer?, _ body: (LinkLoop) -> Result) -> Result {
        // Proof: as above; the thread holds the loop for longer than the call.
        unsafe Unmanaged<LinkLoop>.fromOpaque(pointer!)._withUnsafeGuaranteedRef { body($0) }
    }

    var asPointer: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }
}

@available(*, unavailable) extension LinkLoop: Sendable {}
