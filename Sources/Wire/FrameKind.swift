/// The four orders of delivery. The raw value is the high nibble of a kind's byte.
package enum Lane: UInt8, CaseIterable, Sendable {
    /// Ordered and reliable; a receiver that lost frames starts again at a keyframe.
    case page = 1
    /// Latest wins.
    case cursor = 2
    /// Ordered, never dropped, acknowledged.
    case talk = 3
    /// Ordered between one link and the relay.
    case control = 4
}

/// What a frame is. The raw value is the second byte of its header.
package enum FrameKind: UInt8, CaseIterable, Sendable {
    case keyframe = 0x10
    case delta = 0x11
    case scroll = 0x12
    case press = 0x13
    case cursor = 0x20
    case consent = 0x30
    case hello = 0x40
    case welcome = 0x41
    case acknowledge = 0x42
    case watch = 0x43
    case keyframeRequest = 0x44
    case place = 0x45
    case end = 0x46
    case challenge = 0x47
    case login = 0x48
    case ready = 0x49
    case queue = 0x4a
    case accept = 0x4b
    case seated = 0x4c
    case leave = 0x4d
    case refused = 0x4e
    case presence = 0x4f
    case resync = 0x50
    case resume = 0x51
    case look = 0x52
    case ask = 0x53
    case answer = 0x54

    /// The lane that orders frames of this kind.
    package var lane: Lane {
        switch self {
        case .keyframe, .delta, .scroll, .press: .page
        case .cursor: .cursor
        case .consent: .talk
        case .hello, .welcome, .acknowledge, .watch, .keyframeRequest, .place, .end, .challenge, .login, .ready, .queue,
            .accept, .seated, .leave, .refused, .presence, .resync, .resume, .look, .ask, .answer:
            .control
        }
    }

    /// The kind's name in `Protocol/wire.md`, in logs and in `refused`.
    package var name: String {
        switch self {
        case .keyframeRequest: "keyframe-request"
        case .keyframe, .delta, .scroll, .press, .cursor, .consent, .hello, .welcome, .acknowledge, .watch, .place,
            .end,
            .challenge, .login, .ready, .queue, .accept, .seated, .leave, .refused, .presence, .resync, .resume, .look,
            .ask, .answer:
            "\(self)"
        }
    }

    /// Whether a shopper's link may send it.
    package var isFromShopper: Bool {
        switch self {
        case .keyframe, .delta, .scroll, .press, .cursor, .consent, .hello, .end, .answer: true
        case .welcome, .acknowledge, .watch, .keyframeRequest, .place, .challenge, .login, .ready, .queue, .accept,
            .seated, .leave, .refused, .presence, .resync, .resume, .look, .ask:
            false
        }
    }

    /// Whether a rep's link may send it.
    package var isFromRep: Bool {
        switch self {
        case .login, .accept, .leave, .end, .resync, .resume, .look, .ask: true
        case .keyframe, .delta, .scroll, .press, .cursor, .consent, .hello, .welcome, .acknowledge, .watch,
            .keyframeRequest, .place, .challenge, .ready, .queue, .seated, .refused, .presence, .answer:
            false
        }
    }
}
