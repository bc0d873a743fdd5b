/// How a link ended.
package struct LinkClose: Equatable, Sendable {
    /// Who ended it.
    package enum Side: Sendable {
        /// The peer sent a close frame.
        case peer
        /// `close` was called, or the transport refused what the peer sent.
        case us
        /// It broke or was cut, and no close frame was awaited: reset, silence, a stalled socket, a stop.
        case lost
    }

    /// RFC 6455, 7.4: the peer's code (1005 when it gave none), ours, or 1006 when there was none.
    package let code: UInt16

    /// The reason that went with the code, repaired UTF-8.
    package let reason: String

    package let side: Side

    package init(code: UInt16, reason: String, side: Side) {
        self.code = code
        self.reason = reason
        self.side = side
    }

    static let lost = LinkClose(code: 1006, reason: "", side: .lost)
}
