/// Why the relay closes a link, and whether its peer should come back: the table of `Protocol/close-codes.md`.
package enum CloseCode: UInt16, CaseIterable, Sendable {
    case relayStopping = 4000
    case tooSlow = 4001
    case timedOut = 4002
    case overloaded = 4003
    case auditUnavailable = 4004
    case handshakeTimeout = 4005
    case malformed = 4500
    case tooLarge = 4501
    case unknownVersion = 4502
    case outOfOrder = 4503
    case consentMissing = 4504
    case wrongRole = 4505
    case unknownSite = 4506
    case originRefused = 4507
    case loginRefused = 4508
    case replaced = 4509
    case sessionEnded = 4510
    case tooFast = 4511

    /// Codes below 4500 ask the peer to come back after a pause.
    package var mayReconnect: Bool { self.rawValue < 4500 }

    /// A sentence of at most 123 bytes for the close frame, for the developer at the other end.
    package var sentence: StaticString {
        switch self {
        case .relayStopping: "The relay is stopping; come back in a moment."
        case .tooSlow: "This seat stayed too far behind; come back and start at a keyframe."
        case .timedOut: "No sign of life for too long; answer pings."
        case .overloaded: "The relay is at its limit of links or sessions; try again later."
        case .auditUnavailable: "The audit log cannot be written, so nothing can be shared now."
        case .handshakeTimeout: "No hello or login in time."
        case .malformed: "A frame breaks the format of Protocol/wire.md."
        case .tooLarge: "A message or body is larger than its limit in Protocol/wire.md."
        case .unknownVersion: "This frame version is not spoken here; version 1 is."
        case .outOfOrder: "A lane's sequence has a gap or a repeat, or a delta came before its keyframe."
        case .consentMissing: "Page or cursor frames came before the consent was acknowledged."
        case .wrongRole: "This end may not send frames of that kind."
        case .unknownSite: "The site key (data-site) is not configured at this relay."
        case .originRefused: "This page's origin is not on the site's list of origins."
        case .loginRefused: "The login was not accepted."
        case .replaced: "The same session went on over another link."
        case .sessionEnded: "The session is over."
        case .tooFast: "More frames or bytes a second than this relay allows."
        }
    }

    /// The code for a peer's bytes that could not be read.
    package init(_ error: WireError) {
        switch error {
        case .malformed: self = .malformed
        case .tooLarge: self = .tooLarge
        case .unknownVersion: self = .unknownVersion
        }
    }
}
