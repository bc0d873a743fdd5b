import Wire

/// A frame on its way from the simulated shopper.
struct Departure {
    var kind: UInt8
    var session: UInt32
    var sequence: UInt32
    var bodyByteCount: Int
}

/// The shopper's script, and what the relay may rightly make of what it sends.
///
/// It behaves: keyframe first, sequences without gaps, capture only while watched. What misbehaves is made by its owner
/// from `forged`, and judged by `verdict`, which keeps the books of the wire's rules on its own.
struct SimulatedShopper {
    static let session: UInt32 = 7
    /// What it has under way when a keyframe is asked for, in frames and pauses: then it answers.
    private static let unansweredCountMax = 6

    /// How a page may behave: whether it sends keyframes that nobody asked for, and how often it has nothing to say.
    struct Manner {
        var volunteersKeyframes = true
        /// Of a hundred.
        var pausePercentage = 0

        /// Half of all pages say no more than they must, and some hardly anything.
        init<Random: RandomNumberGenerator>(_ random: inout Random) {
            self.volunteersKeyframes = Bool.random(using: &random)
            self.pausePercentage = [0, 0, 50, 90].randomElement(using: &random) ?? 0
        }
    }

    let manner: Manner
    private var unansweredCount = 0

    init(_ manner: Manner) { self.manner = manner }

    var isLinked = false
    /// The relay said that it closes the link; the link is still there for a moment.
    var isRefused = false
    var isWatched = false
    var wantsKeyframe = false
    var isConsented = false
    var isConsentDurable = false

    var pageSequence: UInt32 = 0
    var cursorSequence: UInt32 = 0
    /// The last sequences that the relay saw in order on this link.
    private var pageSeen: UInt32 = 0
    private var cursorSeen: UInt32 = 0

    mutating func arrive() {
        self.isLinked = true
        self.isRefused = false
        self.isWatched = false
        self.wantsKeyframe = false
        self.unansweredCount = 0
        self.isConsented = self.isConsentDurable
        self.pageSequence = 0
        self.cursorSequence = 0
        self.pageSeen = 0
        self.cursorSeen = 0
    }

    /// The next frame of a script that behaves; nil when it has nothing to say.
    mutating func next<Random: RandomNumberGenerator>(_ random: inout Random) -> Departure? {
        guard self.isLinked, !self.isRefused, self.isConsented, self.isWatched else { return nil }
        // A busy page sends what it has under way first.
        if self.wantsKeyframe { self.unansweredCount += 1 }
        let answers = self.unansweredCount > Self.unansweredCountMax || Int.random(in: 0..<4, using: &random) > 0
        if self.pageSequence == 0 || (self.wantsKeyframe && answers) {
            self.wantsKeyframe = false
            self.unansweredCount = 0
            return self.page(.keyframe, body: Int.random(in: 100...3000, using: &random))
        }
        if Int.random(in: 0..<100, using: &random) < self.manner.pausePercentage { return nil }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: return self.page(.delta, body: Int.random(in: 4...900, using: &random))
        case 4: return self.page(.scroll, body: 12)
        case 5: return self.page(.press, body: 20)
        case 6:
            let volunteers = self.manner.volunteersKeyframes && Int.random(in: 0..<20, using: &random) == 0
            return volunteers ? self.page(.keyframe, body: 1500) : nil
        default:
            // A forged frame may have used up the lane.
            guard self.cursorSequence < .max - 3 else { return nil }
            self.cursorSequence += UInt32.random(in: 1...3, using: &random)
            return Departure(
                kind: FrameKind.cursor.rawValue, session: Self.session, sequence: self.cursorSequence, bodyByteCount: 9)
        }
    }

    private mutating func page(_ kind: FrameKind, body: Int) -> Departure {
        self.pageSequence += 1
        return Departure(
            kind: kind.rawValue, session: Self.session, sequence: self.pageSequence, bodyByteCount: body)
    }

    /// A frame that breaks a rule, or seems to.
    mutating func forged<Random: RandomNumberGenerator>(_ random: inout Random) -> Departure {
        let kinds: [UInt8] = [0x10, 0x11, 0x12, 0x20, 0x20, 0x1f, 0x2f, 0x31, 0x40, 0x70, 0xff]
        let kind = kinds.randomElement(using: &random) ?? 0xff
        let near = kind >> 4 == 2 ? self.cursorSeen : self.pageSeen
        let sequences: [UInt32] = [near, near &+ 1, near &+ 2, 0, .max]
        return Departure(
            kind: kind, session: Int.random(in: 0..<8, using: &random) == 0 ? 8 : Self.session,
            sequence: sequences.randomElement(using: &random) ?? 0,
            bodyByteCount: Int.random(in: 0...64, using: &random))
    }

    enum Verdict: Equatable {
        case ignored
        case skipped
        /// A page or cursor frame in order: accepted when someone watches.
        case accepted
        case refused(CloseCode)
    }

    /// What the contract says of a frame that arrives now. An unknown talk frame is not the simulation's subject: nil.
    mutating func verdict(_ departure: Departure) -> Verdict? {
        guard self.isLinked, !self.isRefused else { return .ignored }
        let known = FrameKind(rawValue: departure.kind)
        let nibble = departure.kind >> 4
        guard nibble == 1 || nibble == 2 else {
            if nibble == 3 { return known == nil ? nil : .refused(.wrongRole) }
            return known == nil ? .skipped : .refused(.wrongRole)
        }
        guard departure.session == Self.session else { return .refused(.malformed) }
        guard self.isConsentDurable else { return .refused(.consentMissing) }
        if nibble == 2 {
            guard departure.sequence > self.cursorSeen else { return .refused(.outOfOrder) }
            self.cursorSeen = departure.sequence
            self.cursorSequence = Swift.max(self.cursorSequence, departure.sequence)
        } else {
            let isFirst = self.pageSeen == 0
            guard departure.sequence &- 1 == self.pageSeen, departure.sequence > 0 else { return .refused(.outOfOrder) }
            guard !isFirst || known == .keyframe else { return .refused(.outOfOrder) }
            self.pageSeen = departure.sequence
            self.pageSequence = departure.sequence
        }
        return known == nil ? .skipped : .accepted
    }
}
