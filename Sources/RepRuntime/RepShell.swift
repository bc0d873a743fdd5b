import RepConsole
import Terminal
import WebSocketTransport
import Wire

/// The console with the world attached: feeds the model and does what it asks for. Owned by the UI thread; both fronts
/// (terminal and print) drive one.
struct RepShell: ~Copyable {
    /// What only a front with a terminal can do.
    struct TerminalWishes: OptionSet {
        let rawValue: UInt8
        static let bell = TerminalWishes(rawValue: 1)
        static let redraw = TerminalWishes(rawValue: 2)
        static let suspend = TerminalWishes(rawValue: 4)
    }

    /// How long a goodbye to the relay may take.
    private static let goodbyeDuration: Duration = .milliseconds(300)

    private(set) var model: Model
    private var memo = PageMemo()
    private let mailbox: RepMailbox
    private let orders: RepOrders
    private let network: ServiceLoopHandle
    private let signer: LoginSigner
    var latency: LatencyFile?
    /// Set when the program is to end.
    private(set) var ending: Ending?
    /// Since the front last asked.
    private var wishes: TerminalWishes = []
    private let endsAt: Instant?

    /// Starts the network thread and dials.
    init(_ options: RepOptions, target: DialTarget, signer: LoginSigner, size: ScreenSize) throws(RepError) {
        // All that can fail comes first: this value is whole or not there.
        let mailbox = try RepMailbox()
        let orders = RepOrders()
        var latency: LatencyFile?
        if let path = options.timingFile { latency = try LatencyFile(path: path) }
        let network = try Self.startNetwork(options, target, mailbox, orders)
        self.init(options, mailbox, orders, network, signer, latency: latency, size: size)
        self.perform(self.model.start())
    }

    private init(
        _ options: RepOptions, _ mailbox: RepMailbox, _ orders: RepOrders, _ network: ServiceLoopHandle,
        _ signer: LoginSigner, latency: consuming LatencyFile?, size: ScreenSize
    ) {
        let now = SystemClock.moment
        self.model = Model(
            relay: options.relay, principal: options.principal, acceptsNext: options.acceptsNext,
            wantsCursor: options.wantsCursor, size: size, now: now)
        self.mailbox = mailbox
        self.orders = orders
        self.network = network
        self.signer = signer
        self.latency = latency
        self.endsAt = options.duration.map { now.instant + $0 }
    }

    private static func startNetwork(
        _ options: RepOptions, _ target: DialTarget, _ mailbox: RepMailbox, _ orders: RepOrders
    ) throws(RepError) -> ServiceLoopHandle {
        var configuration = LoopConfiguration()
        configuration.name = "relay link"
        configuration.authorities = options.authorities
        do throws(TransportError) {
            return try ServiceLoop<RepLink>.start(configuration) { loop in
                RepLink(loop: loop, target: target, mailbox: mailbox, orders: orders)
            }
        } catch {
            throw RepError("The network thread cannot be started: \(error).")
        }
    }

    /// To poll for reading.
    var mailboxDescriptor: Int32 { self.mailbox.descriptor }

    /// Until when there is nothing to do but wait for descriptors; nil for ever.
    var deadline: Instant? {
        switch (self.model.deadline, self.endsAt) {
        case (let first?, let second?): min(first, second)
        case (let only?, nil), (nil, let only?): only
        case (nil, nil): nil
        }
    }

    /// Tells the model one fact.
    mutating func take(_ message: Message, at now: Moment) {
        guard self.ending == nil else { return }
        if case .cursor(let number, let captureTime, _) = message, self.model.shown?.number == number {
            self.latency?.cursorArrived(captureTime: captureTime)
        }
        self.perform(self.model.update(message, at: now))
    }

    /// Tells the model everything that the network thread has posted. Returns whether there was anything.
    mutating func takeMail(at now: Moment) -> Bool {
        let facts = self.mailbox.take()
        for fact in facts {
            self.take(fact, at: now)
        }
        return !facts.isEmpty
    }

    /// Passes on that time has come. Returns whether the screen may have changed.
    mutating func passTime(at now: Moment) -> Bool {
        if let endsAt = self.endsAt, endsAt <= now.instant, self.ending == nil {
            self.ending = .done
        }
        guard let deadline = self.model.deadline, deadline <= now.instant else { return false }
        self.take(.tick, at: now)
        return true
    }

    mutating func takeWishes() -> TerminalWishes {
        defer { self.wishes = [] }
        return self.wishes
    }

    /// The screen as it should be now.
    mutating func screen() -> Screen {
        ConsoleView.draw(self.model, memo: &self.memo)
    }

    /// Ends from outside: the terminal is gone, or a front failed.
    mutating func end(_ ending: Ending) {
        self.ending = self.ending ?? ending
    }

    private mutating func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .dial(let pause): self.order(.dial(after: pause))
            case .sign(let challenge): self.sign(challenge)
            case .send(let wish): self.order(.send(wish))
            case .bell: self.wishes.insert(.bell)
            case .redraw: self.wishes.insert(.redraw)
            case .suspend: self.wishes.insert(.suspend)
            case .quit(let ending): self.end(ending)
            }
        }
    }

    private func order(_ order: RepOrders.Order) {
        self.orders.add(order)
        self.network.wake()
    }

    /// Signing may wait for a person's finger on a key: never on this thread.
    private mutating func sign(_ challenge: Challenge) {
        let (signer, mailbox) = (self.signer, self.mailbox)
        let isStarted = DetachedThread.run {
            let message: Message
            do throws(RepError) {
                message = .signed(try signer.login(for: challenge))
            } catch {
                message = .signingFailed(why: error.description)
            }
            // A mailbox that is full belongs to a console that is ending.
            _ = mailbox.post(message)
        }
        if !isStarted {
            self.end(.failed(why: "No thread to sign the login on."))
        }
    }

    /// Says goodbye to the relay, for a moment, and ends the network thread.
    consuming func finish() {
        switch self.model.link {
        case .ready, .loggingIn:
            self.order(.close(code: 1000, why: "the rep quit"))
            self.awaitClose()
        case .dialling, .pausing, .refused: break
        }
        self.network.requestStop(code: 1000, reason: "the rep quit", patience: Self.goodbyeDuration)
        self.network.join()
    }

    private func awaitClose() {
        let until = SystemClock.moment.instant + Self.goodbyeDuration
        while case let left = until.duration(since: SystemClock.moment.instant), left > .zero {
            guard Polling.wait(for: self.mailbox.descriptor, atMost: left) else { return }
            let isClosed = self.mailbox.take().contains { message in
                if case .linkClosed = message { return true }
                return false
            }
            if isClosed { return }
        }
    }
}
