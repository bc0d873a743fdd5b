import RelayCore
import Wire

/// The end of a turn on every loop, and the invariants.
extension NodeSimulation {
    /// One gathered write for each seat whose link takes something.
    func endTurn() throws(Fault) {
        for session in self.sessions {
            try self.mendMirrors(of: session)
            if session.isAwake {
                session.isAwake = false
                session.core.turnEnded()
                for seat in session.seats { seat.wantsGathering = true }
            }
            for seat in session.seats { self.serve(seat, of: session, session.core.fanOut, nil) }
            for mirror in session.allMirrors {
                guard let core = mirror.core else { continue }
                if mirror.isAwake {
                    mirror.isAwake = false
                    core.fanOut.turnEnded()
                    for seat in mirror.seats { seat.wantsGathering = true }
                }
                for seat in mirror.seats { self.serve(seat, of: session, core.fanOut, mirror) }
            }
        }
    }

    /// A mirror that frames were left out for needs a keyframe, whether or not anything follows.
    private func mendMirrors(of session: SimulatedSession) throws(Fault) {
        for mirror in session.allMirrors where mirror.isMendingDue {
            mirror.isMendingDue = false
            try self.feed(session) { $0.keyframeWanted(now: $1, into: &$2) }
        }
    }

    private func serve(
        _ seat: SimulatedSeat, of session: SimulatedSession, _ fanOut: FanOut, _ mirror: SimulatedMirror?
    ) {
        let before = seat.received.count
        if seat.wantsGathering || (seat.blockedSince != nil && seat.canTake) { self.gather(seat, fanOut) }
        let gained = seat.received.count - before
        self.delivered += gained
        if mirror != nil { self.mirrored += gained }
        let isInStep = fanOut.isFollowing(seat.id) && !fanOut.hasDue(seat.id) && mirror?.isBroken != true
        let shopper = session.shopper
        let isHelpless =
            !shopper.isLinked || shopper.isRefused || !shopper.isConsented || session.isEnded
            || mirror?.isEnding == true
        seat.noteTurn(isServed: gained > 0 || isInStep || isHelpless, elapsed: self.elapsed)
    }

    private func gather(_ seat: SimulatedSeat, _ fanOut: FanOut) {
        let before = seat.received.count
        var isMoreDue = true
        if seat.canTake {
            var sink = SeatSink(seat, self.shelf)
            isMoreDue = fanOut.gather(seat.id, now: self.now, into: &sink).isMoreDue
        }
        if !isMoreDue, fanOut.isFollowing(seat.id) { seat.checkCursor() }
        let isStuck = !seat.canTake || (isMoreDue && seat.framesPerGathering < .max)
        seat.wantsGathering = isMoreDue && !isStuck
        if seat.received.count > before || !isMoreDue { seat.blockedSince = nil }
        if isStuck {
            fanOut.blocked(seat.id, now: self.now)
            if seat.blockedSince == nil, fanOut.hasDue(seat.id) { seat.blockedSince = self.now }
        }
    }

    /// What holds after every step, whatever happened.
    func check() throws(Fault) {
        for session in self.sessions {
            for seat in session.allSeats {
                if let fault = seat.fault { throw Fault(description: "session \(session.id.high): \(fault)") }
            }
            for seat in session.seats where !session.isEnded {
                try seat.checkLiveness(now: self.now, limits: self.limits, mailDelayMax: .zero)
            }
            for seat in session.mirrors.values.flatMap(\.seats) where !session.isEnded {
                try seat.checkLiveness(now: self.now, limits: self.limits, mailDelayMax: Self.mailDelayMax)
            }
            try self.check(session)
        }
    }

    private func check(_ session: SimulatedSession) throws(Fault) {
        guard session.core.isEnded == session.isEnded else { throw Fault(description: "the end was not said") }
        guard session.core.lastFrameIndex == session.book.count else {
            throw Fault(description: "a frame went unrecorded")
        }
        if session.core.ringFrameCount > self.limits.ringFrameCountMax
            || (session.core.ringByteCount > self.limits.ringBytesMax && session.core.ringFrameCount > 1)
        {
            throw Fault(description: "the ring is beyond its limits")
        }
        guard !session.isEnded else {
            guard session.core.ringFrameCount == 0 else { throw Fault(description: "frames are kept after the end") }
            return
        }
        // The page is captured for all but those that are lost for too long.
        let unwatched = Set(
            session.lost.filter { $0.watchedUntil.map { $0 <= self.now } ?? false }.map(\.id))
        guard session.core.seatCount == session.held.count,
            session.held.allSatisfy({ session.core.holds($0) != unwatched.contains($0) })
        else { throw Fault(description: "a seat was lost") }
        for seat in session.seats where session.core.hasDue(seat.id) {
            if !session.isAwake, !seat.wantsGathering, seat.blockedSince == nil {
                throw Fault(description: "seat \(seat.id.number): frames are due, and nobody was told")
            }
        }
        for mirror in session.mirrors.values {
            guard let core = mirror.core else { continue }
            guard core.fanOut.nextFrameIndex <= session.book.count + 1 else {
                throw Fault(description: "a mirror is ahead of its session")
            }
            for seat in mirror.seats where core.fanOut.hasDue(seat.id) {
                if !mirror.isAwake, !seat.wantsGathering, seat.blockedSince == nil {
                    throw Fault(description: "mirrored seat \(seat.id.number): frames are due, and nobody was told")
                }
            }
        }
    }
}
