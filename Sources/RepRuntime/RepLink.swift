import PageReading
import RepConsole
import WebSocketTransport
import Wire

/// The network thread's side: one link at a time to the relay, dialled when ordered.
///
/// Made and owned by the loop's thread; other threads have the mailbox and the orders only.
final class RepLink: LinkHandler {
    private let loop: LinkLoop
    private let target: DialTarget
    private let mailbox: RepMailbox
    private let orders: RepOrders
    /// The link that is open or being dialled.
    private var link: LinkID?
    /// The sequence of the last control frame sent on it.
    private var sequence: UInt32 = 0

    init(loop: LinkLoop, target: DialTarget, mailbox: RepMailbox, orders: RepOrders) {
        self.loop = loop
        self.target = target
        self.mailbox = mailbox
        self.orders = orders
    }

    func mailboxWoken(now: UInt64) {
        for order in self.orders.take() {
            switch order {
            case .dial(let after):
                self.loop.setDeadline(now + UInt64(max(after.nanosecondsClamped, 0)))
            case .send(let wish): self.send(wish)
            case .close(let code, let why):
                guard let link = self.link else { continue }
                self.loop.close(link, code: code, reason: why)
            }
        }
    }

    func deadlinePassed(now: UInt64) {
        guard self.link == nil else { return }
        self.sequence = 0
        self.link = self.loop.dial(self.target)
    }

    func dialOpened(_ link: LinkID, now: UInt64) {
        self.loop.setMessageLimit(link, bytes: WireLimits.messageBytesMax, closeCode: CloseCode.tooLarge.rawValue)
        self.post(.linkOpened)
    }

    func dialFailed(_ link: LinkID, _ failure: DialFailure, now: UInt64) {
        self.link = nil
        self.post(.dialFailed(why: failure.sentence, entropy: .random(in: .min ... .max)))
    }

    func messageReceived(_ link: LinkID, _ message: consuming FrameBuffer, now: UInt64) {
        let bytes = unsafe message.withBytes { unsafe Array($0) }
        do throws(WireError) {
            for frame in try Frame.all(in: bytes) {
                self.deliver(try FrameReading.meaning(of: frame), of: frame)
            }
        } catch {
            let code = CloseCode(error)
            self.loop.close(link, code: code.rawValue, reason: String(describing: code.sentence))
        }
    }

    private func deliver(_ meaning: FrameReading.Meaning, of frame: Frame) {
        switch meaning {
        case .control(let arrival): self.post(.control(arrival))
        case .page(let arrival, let byteCount): self.mailbox.post(arrival, byteCount: byteCount)
        case .cursor(let point):
            self.mailbox.post(cursor: point, captureTime: frame.header.captureTime, number: frame.header.session)
        case .nothing: break
        }
    }

    func linkWritable(_ link: LinkID, now: UInt64) {}

    func linkClosed(_ link: LinkID, _ close: LinkClose, now: UInt64) {
        guard self.link == link else { return }
        self.link = nil
        self.mailbox.dropCursors()
        self.post(.linkClosed(code: close.code, entropy: .random(in: .min ... .max)))
    }

    func turnEnded(now: UInt64) {}

    /// A wish while there is no link is dropped: the model asks again after the next login.
    private func send(_ wish: Wish) {
        guard let link = self.link else { return }
        let parts = wish.parts
        self.sequence += 1
        let frame = Frame(
            parts.kind, session: parts.number, sequence: self.sequence, captureTime: SystemClock.wallMicroseconds,
            body: parts.body)
        let shared = SharedFrame(frame.bytes)
        var isTaken = false
        self.loop.write(link) { batch in isTaken = batch.append(shared) }
        if !isTaken {
            // A rep's wishes are a few hundred bytes: a link that cannot take one is dead.
            self.loop.close(link, code: CloseCode.tooSlow.rawValue, reason: "the link takes no more")
        }
    }

    private func post(_ message: Message) {
        guard !self.mailbox.post(message), let link = self.link else { return }
        self.loop.close(link, code: CloseCode.tooSlow.rawValue, reason: "the terminal has stopped reading")
    }
}

extension DialFailure {
    /// For the rep's status line, or for standard error.
    var sentence: String {
        switch self.kind {
        case .unreachable: "The relay cannot be reached (\(self.words))."
        case .tls: "The relay's certificate was not accepted (\(self.words))."
        case .refused: "The relay refused the link: \(self.words)."
        case .handshake: "What answers there is not a relay (\(self.words))."
        }
    }
}
