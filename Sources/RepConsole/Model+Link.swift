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

    /// No seat outlives its link; the sessions stay as tabs, to be accepted again.
    private mutating func forgetSeats() {
        for index in self.sessions.indices where self.sessions[index].isOpen {
            self.sessions[index].number = nil
            self.sessions[index].base = .missing(asked: nil)
            self.sessions[index].cursor = nil
            self.sessions[index].presence = .unlinked(
                since: self.sessions[index].staleSince ?? self.now.instant)
        }
    }

    mutating func controlArrived(_ arrival: ControlArrival) -> [Effect] {
        switch arrival {
        case .challenge(let challenge): return [.sign(challenge)]
        case .ready(let ready): return self.loggedIn(ready)
        case .queue(let queue): return self.queueArrived(queue)
        case .seated(let seated):
            self.seated(seated)
            return []
        case .refused(let refused):
            self.refused(refused)
            return []
        case .presence(let presence):
            self.presenceArrived(presence)
            return []
        case .end(let number, let end):
            self.endArrived(end, number: number)
            return []
        }
    }

    private mutating func loggedIn(_ ready: Ready) -> [Effect] {
        self.link = .ready
        self.repName = ready.name
        self.hasBeenReady = true
        self.dialAttempt = 0
        return self.sessions.filter(\.isOpen).map { .send(.accept($0.id)) }
    }
}
