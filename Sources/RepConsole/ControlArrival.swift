package import Wire

/// A control frame from the relay, read.
package enum ControlArrival: Equatable, Sendable {
    case challenge(Challenge)
    case ready(Ready)
    case queue(Queue)
    case seated(Seated)
    case refused(Refused)
    case presence(Presence)
    /// The session with this number on the link is over.
    case end(number: UInt32, End)
    /// What became of an ask in the session with this number on the link.
    case answer(number: UInt32, Answer)

    /// Reads the body of a control frame; nil for kinds that a rep's end does not act on.
    package init?(_ kind: FrameKind, number: UInt32 = 0, body: [UInt8]) throws(WireError) {
        switch kind {
        case .challenge: self = .challenge(try Challenge(body: body))
        case .ready: self = .ready(try Ready(body: body))
        case .queue: self = .queue(try Queue(body: body))
        case .seated: self = .seated(try Seated(body: body))
        case .refused: self = .refused(try Refused(body: body))
        case .presence: self = .presence(try Presence(body: body))
        case .end: self = .end(number: number, try End(body: body))
        case .answer: self = .answer(number: number, try Answer(body: body))
        case .keyframe, .delta, .scroll, .press, .cursor, .consent, .hello, .welcome, .acknowledge, .watch,
            .keyframeRequest, .place, .login, .accept, .leave, .resync, .resume, .look, .ask:
            return nil
        }
    }
}
