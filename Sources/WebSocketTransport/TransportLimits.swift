/// Every number that bounds what the transport keeps, waits for or sends. The defaults are the product's; tests shorten
/// the times. Sizes are bytes.
package struct TransportLimits: Equatable, Sendable {
    /// Connections of one loop, handshakes included. A loop of 10,000 links needs about 60 MB; beyond that use more
    /// loops.
    package var connectionCountMax = 10_000

    /// Connections of one IPv4 address or one IPv6 /64, over all loops that share an `AddressLedger`: a household or a
    /// small office behind one address fits, a single script cannot fill the relay.
    package var connectionsPerAddressMax = 32

    /// Connections whose handshake is not over, over all loops that share an `AddressLedger`: up to the first number
    /// all are taken; from there on this percentage is dropped at random, rising to all of them at the last. A
    /// flood then costs a stranger a few tries and not the service (sshd's MaxStartups).
    package var startingCountFree = 200
    package var startingDropPercentage = 30
    package var startingCountMax = 1_000

    /// Seconds of penalty that an address may have before it is refused. A refused request costs 1 s, a refused login
    /// 2 s, a handshake that never ends or a flood 10 s (`ConnectionGate.Offence`; sshd's PerSourcePenalties and their
    /// `min`).
    package var penaltyToleranceMax: Duration = .seconds(15)

    /// The most that penalties can add up to.
    package var penaltyDurationMax: Duration = .seconds(600)

    /// Addresses remembered for their penalties: about 400 kB.
    package var penaltyCountMax = 4_096

    /// Connections accepted before the loop looks at its links again.
    package var acceptBurstMax = 64

    /// TLS handshakes begun in one turn of a loop. The answer to a ClientHello is a signature: a tenth of a millisecond
    /// of the loop with a key on P-256, one with RSA of 2048 bits; its links wait for no more than this.
    package var secureAcceptBurstMax = 1

    /// Of a loop's time, the part that beginning TLS handshakes may take while links are open on it: what a storm of
    /// ClientHellos can take from them. With a key on P-256 a loop still begins 175 a second, with RSA of 2048 bits 92.
    /// 100: as many as come.
    package var secureAcceptPercentageMax = 5

    /// The same while more handshakes than `secureUnfinishedCountMax` have come to nothing of late: a storm. At this
    /// part the links' p99 stays within a fifth of calm with either kind of key.
    package var secureStormPercentageMax = 1

    /// Handshakes that were begun and have not come to a request; as many are forgiven in `handshakeSeconds`. Links
    /// that return in numbers over a slow network finish 64 a second and more.
    package var secureUnfinishedCountMax = 32

    /// Between two ClientHellos that are a connection's second: each is a signature, and waits in no queue. Browsers
    /// need none, they name a curve of ours in the first.
    package var secondHelloInterval: Duration = .milliseconds(50)

    /// Connections that other loops accepted for one loop and that it has not taken yet; more stay with who accepted.
    package var handoverCountMax = 256

    /// Pause after accepting failed for want of descriptors or memory; doubled up to the maximum. Without it the
    /// readable listening socket would spin a core.
    package var acceptPauseMin: Duration = .milliseconds(100)
    package var acceptPauseMax: Duration = .seconds(1)

    /// From accepting to the end of the WebSocket handshake (libwebsockets counts whole seconds); with TLS to the whole
    /// ClientHello, and from there again.
    package var handshakeSeconds: UInt32 = 5

    /// All headers of a request together: browsers with many cookies stay below it.
    package var headerBytesMax = 8 * 1024

    /// User-Agent, Host, Origin and Accept-Encoding as handed to the handler; longer ones are cut (an Origin is refused
    /// instead, an Accept-Encoding left out).
    package var headerValueBytesMax = 256

    /// A whole message, unless `setMessageLimit` says otherwise for a link: one page chunk or keyframe.
    package var messageBytesMax = 256 * 1024

    /// WebSocket frames (RFC 6455 fragments) of one message: stops a message of endless empty fragments.
    package var fragmentsPerMessageMax = 1024

    /// From the first piece of a message to its last: the largest message over 200 kbit/s. A message that trickles in
    /// keeps its buffer for no longer.
    package var messageDurationMax: Duration = .seconds(60)

    /// Bytes of control frames a second: ten of the largest (125 bytes and their header). Far above what answering
    /// pings takes; looked at when a pong is due, and in every visit, an eighth of `pingInterval`.
    package var controlBytesPerSecondMax = 1310

    /// Control bytes beyond the rate before the link is closed.
    package var controlBytesBurstMax = 4096

    /// What a link may still send after we have closed it, for it was on its way: a keyframe and more, or frames of
    /// some seconds, of which each counts at least `latePieceBytesMin`. Who goes on is read no more.
    package static let lateBytesMax: UInt32 = 2 << 20
    package static let latePieceBytesMin = 8 * 1024

    /// Close code of a link that floods or never ends a message (RFC 6455, 7.4.1: policy violation).
    package static let policyCloseCode: UInt16 = 1008

    /// Close code of a message over its limit or with too many fragments (RFC 6455, 7.4.1: message too big).
    package var oversizeCloseCode: UInt16 = 1009

    /// One read from a socket and one piece handed over by libwebsockets, which takes 10 ns for each byte of small
    /// frames: a link that sends nothing else holds up its loop's others for no longer than this takes. Large frames
    /// come in several reads of a turn. Costs a link one page of memory, whatever the size: the rest is never touched.
    package var receiveBytes = 16 * 1024

    /// The same for links accepted with `acceptSmall`: most of a page is saved.
    package var smallReceiveBytes = 1024

    /// One `send`; what is longer is copied by libwebsockets and sent when the socket drains.
    package var sendBytes = 256 * 1024

    /// SO_SNDBUF of an accepted socket. Linux keeps twice this (socket(7)): 384 kB of frames and their book-keeping, so
    /// that four frames of 64 kB in one `send` are taken whole while some still wait for their acknowledgement.
    /// The kernel's own choice grows to megabytes, in which seconds of lag hide from a sender who looks for links that
    /// are behind; this still carries 3.75 MB a second over 100 ms of round trip, 7 times a shopper's rate.
    package var socketSendBytes: Int32 = 192 * 1024

    /// libwebsockets' buffer shared by the links of a loop; larger than `receiveBytes`, which it bounds.
    package var serviceBytes = 72 * 1024

    /// Ready messages up to this size are copied together and leave in one `send`; larger ones are sent from the shared
    /// frame itself. Copying 4 kB costs less than a system call.
    package var gatherFrameBytesMax = 4 * 1024

    /// The most that is gathered for one `send`, and the size of the area for what is copied, one per loop: four frames
    /// of 64 kB.
    package var gatherBytesMax = 264 * 1024

    /// The most that is gathered with large frames: with the kernel's book-keeping what an empty socket takes whole.
    /// More would be cut short, and the link would be behind although its peer reads.
    package var largeSendBytesMax: Int { Swift.min(Int(self.socketSendBytes) * 8 / 5, self.gatherBytesMax) }

    /// A piece of a message from which on it is likely that more waits in the socket.
    static let largePieceBytes = 8 * 1024

    /// Reads from one socket in one turn while large pieces come: four frames of 64 kB, as many as one send takes.
    static let readsPerTurnMax = 17

    /// A link that heard nothing for this long (less up to a quarter of it, at random, so that links do not answer
    /// together) is pinged.
    package var pingInterval: Duration = .seconds(20)

    /// A pinged link that stays silent this long in all is lost. Noticed within an eighth of `pingInterval`.
    package var hangUpInterval: Duration = .seconds(30)

    /// Close code of a link that was cut for its silence, sent before the cut for a peer that still reads
    /// (`Protocol/close-codes.md`: timedOut).
    package var silenceCloseCode: UInt16 = 4002

    /// How often links that are behind are looked at for peers that ended their direction, which would spin the loop.
    package var halfCloseCheckInterval: Duration = .milliseconds(10)

    /// The longest that bytes of one link may wait in the socket without draining before the link is lost.
    package var sendStallMax: Duration = .seconds(30)

    /// The longest wait for a link to take our close frame; libwebsockets then waits 5 s for the answer.
    package var closeWaitMax: Duration = .seconds(5)

    /// The longest that a reader of an HTTP response may stand still.
    package var httpStallSeconds: Int32 = 10

    /// One piece of an HTTP response.
    package var httpPieceBytes = 64 * 1024

    /// A close frame's reason (RFC 6455, 5.5.1: 125 bytes less the code).
    package static let closeReasonBytesMax = 123

    package init() {}
}

extension Duration {
    /// Whole nanoseconds, 0 for what is negative. Limits are far below the 584 years that fit.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = self.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
