import Wire

/// The link comes and goes.
extension Model {
    mutating func dialFailed(why: String, entropy: UInt64) -> [Effect] {
        guard self.hasBeenReady || self.dialAttempt + 1 < Self.firstDialAttemptMax else {
            return [.quit(.noConnection(why: why))]
        }
        return self.pause(why: why, entropy: entropy)
    }

    mutating func linkClosed(code: UInt16, entropy: UInt64) -> [Effect] {
        let why = LinkWords.sentence(code: code)
        self.forgetSeats()
        if code == CloseCode.loginRefused.rawValue, self.resumedChallenge != nil {
            // The token, not the key: the next link logs in.
            self.resumedChallenge = nil
            return self.pause(why: why, entropy: entropy)
        }
        self.resumedChallenge = nil
        if code == CloseCode.loginRefused.rawValue {
            return [.quit(.loginNeeded(why: why))]
        }
        guard LinkWords.mayReconnect(code: code) else {
            self.link = .refused(why: why)
            return self.hasBeenReady ? [] : [.quit(.failed(why: why))]
        }
        return self.pause(why: why, entropy: entropy)
    }

    private mutating func pause(why: String, entropy: UInt64) -> [Effect] {
        let pause = Backoff.pause(attempt: self.dialAttempt, entropy: entropy)
        self.dialAttempt += 1
        self.link = .pausing(until: self.now.instant + pause, why: why)
        return [.dial(after: pause)]
    }

    /// The sessions stay as tabs with the last view: the next link goes on with them, or accepts them again.
    private mutating func forgetSeats() {
        for index in self.sessions.indices where self.sessions[index].isOpen {
            self.sessions[index].number = nil
            self.sessions[index].cursor = nil
            self.sessions[index].presence = .unlinked(
                since: self.sessions[index].staleSince ?? self.now.instant)
        }
    }

    mutating func controlArrived(_ arrival: ControlArrival) -> [Effect] {
        switch arrival {
        case .challenge(let challenge): return self.challenged(challenge)
        case .ready(let ready): return self.loggedIn(ready)
        case .queue(let queue): return self.queueArrived(queue)
        case .seated(let seated):
            self.seated(seated)
            return []
        case .refused(let refused):
            return self.refused(refused)
        case .presence(let presence):
            self.presenceArrived(presence)
            return []
        case .end(let number, let end):
            self.endArrived(end, number: number)
            return []
        case .answer(let number, let answer):
            self.answerArrived(answer, number: number)
            return []
        }
    }

    /// A token answers for the key, once: nothing is signed, so nobody has to touch anything.
    private mutating func challenged(_ challenge: Challenge) -> [Effect] {
        guard let token = self.resumeToken else { return [.sign(challenge)] }
        self.resumeToken = nil
        self.resumedChallenge = challenge
        let seats = self.sessions.filter(\.isOpen).map {
            Resume.Seat(session: $0.id, last: $0.mark, cursor: self.wantsCursor)
        }
        return [.send(.resume(Resume(token: token, seats: seats)))]
    }

    /// The relay does not know the token, or no longer keeps a seat: the same without it.
    mutating func resumeRefused(_ refused: Refused) -> [Effect] {
        guard let session = refused.session else {
            guard let challenge = self.resumedChallenge else { return [] }
            self.resumedChallenge = nil
            return [.sign(challenge)]
        }
        guard let index = self.index(of: session), self.sessions[index].isOpen, self.sessions[index].number == nil
        else { return [] }
        return [self.acceptAgain(at: index)]
    }

    private mutating func acceptAgain(at index: Int) -> Effect {
        self.sessions[index].base = .missing(asked: nil)
        return .send(.accept(self.sessions[index].id, cursor: self.wantsCursor))
    }

    private mutating func loggedIn(_ ready: Ready) -> [Effect] {
        self.link = .ready
        self.repName = ready.name
        self.hasBeenReady = true
        self.dialAttempt = 0
        self.resumeToken = ready.resume
        guard self.resumedChallenge == nil else {
            self.resumedChallenge = nil
            return []
        }
        return self.sessions.indices.filter { self.sessions[$0].isOpen }.map { self.acceptAgain(at: $0) }
    }
}
