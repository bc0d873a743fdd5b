internal import PairingCore
internal import Wire

/// Reps who come back with the token of a lost link.
extension FrontDesk {
    /// A rep answers the challenge with the token of its last link.
    func repResumes(_ key: RepKey, _ resume: Resume, now: Instant) {
        let refusals = self.logins.tokenReceived(key, now: now)
        guard refusals.isEmpty, let name = self.repLinks[key] else { return self.run(refusals, now: now) }
        var outcome = RepResumeTokens.Outcome.unknown
        var isAllowed = true
        if let (login, token) = ResumeToken.readLogin(resume.token) {
            outcome = self.repTokens.resume(login, token: token, now: now)
            if case .resumed(let holder) = outcome {
                // Asked before anything is done for the rep: who was struck off meanwhile has no seats to come back to.
                isAllowed = self.relay.parts.verifier.stillAllows(
                    principal: holder.principal, fingerprint: holder.fingerprint)
                if isAllowed {
                    self.replace(login, now: now)
                    self.returns[key] = (login, resume.seats)
                }
            }
        }
        if outcome == .unknown {
            let refused = Refused(
                what: .resume, session: nil, why: .unknown, text: "This token is not known here; log in with your key.")
            self.relay.tell(name, .refused, refused.body(), now: now)
        }
        self.run(self.logins.tokenFound(key, outcome, isStillAllowed: isAllowed, now: now), now: now)
    }

    /// The rep of a login is back; its old link may look alive still.
    private func replace(_ login: RepKey, now: Instant) {
        guard let name = self.repLinks[login] else { return }
        self.relay.send(.repReplaced(name.link), to: name.loop, now: now)
        self.repGone(name, hasLeft: false, now: now)
    }

    /// The token for `ready`; nil when as many are out as may be.
    func drawToken(for key: RepKey, _ rep: LinkState.Rep) -> String? {
        let words = ResumeToken.draw()
        let isTaken = self.repTokens.loggedIn(
            key, .init(principal: rep.principal, fingerprint: rep.fingerprint),
            token: .init(words.0, words.1, words.2, words.3))
        return isTaken ? ResumeToken.text(key, words) : nil
    }

    /// The return is on record: each seat that is still kept is given again.
    func returnSeats(_ key: RepKey, now: Instant) {
        guard let asked = self.returns[key] else { return }
        for seat in asked.seats { self.run(self.desk.resume(key, seat.session, now: now), now: now) }
        self.returns[key] = nil
    }
}
