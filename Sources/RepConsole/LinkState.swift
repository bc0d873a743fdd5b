package import Wire

/// The link to the relay, as the rep's top line tells it.
package enum LinkState: Equatable, Sendable {
    /// A connection is being made.
    case dialling
    /// The WebSocket is open; the challenge is awaited or being signed.
    case loggingIn
    /// Logged in: the queue is current.
    case ready
    /// Lost or closed; the next dial comes at `until`.
    case pausing(until: Instant, why: String)
    /// Closed for good, in words.
    case refused(why: String)

    /// Whether frames can be sent to sessions.
    package var isReady: Bool { self == .ready }
}

/// Why a link is gone, in words for a rep.
enum LinkWords {
    /// A sentence for a close code of `Protocol/close-codes.md` or RFC 6455; 0 and 1006 stand for no close frame.
    static func sentence(code: UInt16) -> String {
        guard let known = CloseCode(rawValue: code) else {
            return switch code {
            case 0, 1005, 1006: "The connection to the relay was lost."
            case 1000, 1001: "The relay closed the link."
            default: "The relay closed the link with code \(code)."
            }
        }
        switch known {
        case .relayStopping: return "The relay is restarting."
        case .tooSlow: return "This terminal was too slow to follow and starts again."
        case .timedOut: return "The relay heard nothing from here for too long."
        case .overloaded: return "The relay is full at the moment."
        case .auditUnavailable: return "The relay cannot write its audit log, so nothing can be shown now."
        case .handshakeTimeout: return "The login took too long."
        case .malformed, .tooLarge, .outOfOrder, .wrongRole, .tooFast, .consentMissing:
            return "The relay and this terminal client disagree about the protocol (code \(code))."
        case .unknownVersion: return "The relay speaks another version of the protocol; update this terminal client."
        case .unknownSite, .originRefused: return "The relay does not take this link for a rep's (code \(code))."
        case .loginRefused: return "The relay did not accept the login."
        case .replaced: return "Another terminal took over this link."
        case .sessionEnded: return "The session is over."
        }
    }

    /// Whether to dial again after `code`: lost links and codes below 4500, and 1001 as the relay's going away.
    static func mayReconnect(code: UInt16) -> Bool {
        switch code {
        case 0, 1001, 1005, 1006, 1011, 1012, 1013: true
        case 4000..<4500: true
        default: false
        }
    }
}
