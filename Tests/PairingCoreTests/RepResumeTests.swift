import Testing
import Wire

@testable import PairingCore

/// A rep's link breaks and comes back: what the token proves, and what the desk gives for it.
@Suite struct RepResumeTests {
    private typealias World = DeskWorld
    private let ana = RepResumeTokens.Holder(principal: "ana", fingerprint: "SHA256:a")

    private func token(_ number: UInt64) -> ResumeTokens.Token { ResumeTokens.Token(number, 2, 3, 4) }

    /// Login 1 of ana with token 1.
    private func tokens() -> RepResumeTokens {
        var tokens = RepResumeTokens(limits: PairingLimits())
        #expect(tokens.loggedIn(RepKey(1), self.ana, token: self.token(1)) == true)
        return tokens
    }

    @Test func aTokenIsGoodOnceAndItsReuseIsKnownForWhatItIs() {
        var tokens = self.tokens()
        tokens.linkLost(RepKey(1), now: at(10))
        #expect(tokens.resume(RepKey(1), token: self.token(1), now: at(20)) == .resumed(self.ana))
        #expect(tokens.resume(RepKey(1), token: self.token(1), now: at(21)) == .spent)
        #expect(tokens.resume(RepKey(1), token: self.token(9), now: at(21)) == .wrong)
        // Remembered for a grace from its use, then forgotten.
        #expect(tokens.nextDeadline == at(80))
        tokens.deadlinePassed(now: at(80))
        #expect(tokens.resume(RepKey(1), token: self.token(1), now: at(80)) == .unknown)
        #expect(tokens.count == 0)
    }

    @Test func aTokenDiesASeatsGraceAfterItsLink() {
        var tokens = self.tokens()
        #expect(tokens.nextDeadline == nil)
        tokens.linkLost(RepKey(1), now: at(10))
        var late = tokens
        #expect(tokens.resume(RepKey(1), token: self.token(1), now: at(69)) == .resumed(self.ana))
        #expect(late.resume(RepKey(1), token: self.token(1), now: at(70)) == .unknown)
    }

    @Test func aTokenIsGoodBeforeTheLossOfItsLinkIsNoticed() {
        var tokens = self.tokens()
        #expect(tokens.resume(RepKey(1), token: self.token(1), now: at(20)) == .resumed(self.ana))
        tokens.linkLost(RepKey(1), now: at(50))
        #expect(tokens.nextDeadline == at(80))
    }

    @Test func anotherLoginsTokenIsWrongAndALeaversIsForgotten() {
        var tokens = self.tokens()
        #expect(tokens.loggedIn(RepKey(2), self.ana, token: self.token(2)) == true)
        #expect(tokens.resume(RepKey(2), token: self.token(1), now: at(1)) == .wrong)
        tokens.left(RepKey(2))
        #expect(tokens.resume(RepKey(2), token: self.token(2), now: at(2)) == .unknown)
        #expect(tokens.resume(RepKey(7), token: self.token(1), now: at(2)) == .unknown)
    }

    @Test func noMoreLoginsAreRememberedThanMayBe() {
        var limits = PairingLimits()
        limits.repTokenCountMax = 16
        var tokens = RepResumeTokens(limits: limits)
        for number in UInt64(1)...16 {
            #expect(tokens.loggedIn(RepKey(number), self.ana, token: self.token(number)) == true)
        }
        #expect(tokens.loggedIn(RepKey(0), self.ana, token: self.token(0)) == false)
        tokens.left(RepKey(1))
        #expect(tokens.loggedIn(RepKey(0), self.ana, token: self.token(0)) == true)
    }

    @Test func aKeptSeatIsGivenAgainWithoutAnAccept() {
        var world = World(reps: 1, tickets: 2)
        _ = world.accept(1, 1, now: at(10))
        _ = world.desk.repLinkLost(RepKey(1), now: at(20))
        world.arrive(5, as: 1)
        #expect(
            World.withoutNews(world.desk.resume(RepKey(5), World.session(1), now: at(21)))
                == [.seatBack(RepKey(5), World.session(1), .view)])
        #expect(World.withoutNews(world.desk.deadlinePassed(now: at(200))) == [])
        // A waiting ticket, a strange session and a seat that is there already are none of its business.
        for session in UInt64(1)...3 {
            #expect(
                World.withoutNews(world.desk.resume(RepKey(5), World.session(session), now: at(22)))
                    == [World.refuse(5, session, .unknown)])
        }
    }

    @Test func aSeatThatWasGivenUpMeanwhileIsGone() {
        var world = World(reps: 1, tickets: 2)
        for session in UInt64(1)...2 { _ = world.accept(1, session, now: at(10)) }
        _ = world.desk.repLinkLost(RepKey(1), now: at(20))
        _ = world.desk.sessionEnded(World.session(2), now: at(30))
        #expect(
            World.withoutNews(world.desk.deadlinePassed(now: at(80)))
                == [.seatGivenUp(RepKey(1), World.session(1)), .returned(World.session(1))])
        world.arrive(5, as: 1)
        for session in UInt64(1)...2 {
            #expect(
                World.withoutNews(world.desk.resume(RepKey(5), World.session(session), now: at(81)))
                    == [World.refuse(5, session, .unknown)])
        }
    }

    @Test func anotherPrincipalDoesNotGetTheKeptSeat() {
        var world = World(reps: 2, tickets: 1)
        _ = world.accept(1, 1, now: at(10))
        _ = world.desk.repLinkLost(RepKey(1), now: at(20))
        #expect(
            World.withoutNews(world.desk.resume(RepKey(2), World.session(1), now: at(21)))
                == [World.refuse(2, 1, .unknown)])
    }

    @Test func theLostOneOfTwoLinksOfAPrincipalIsNotKept() {
        var world = World(reps: 1, tickets: 1)
        world.arrive(5, as: 1)
        _ = world.accept(1, 1, now: at(10))
        _ = world.accept(5, 1, now: at(20))
        #expect(
            World.withoutNews(world.desk.repLinkLost(RepKey(1), now: at(30)))
                == [.seatGivenUp(RepKey(1), World.session(1))])
    }

    @Test func aLinkMayTryOneTokenAndThenItsKey() {
        var logins = Logins(relayNames: ["wss://relay"], limits: PairingLimits())
        let link = RepKey(3)
        let nonce = [UInt8](repeating: 1, count: 32)
        _ = logins.linkOpened(link, from: .init(1), nonce: nonce, now: at(0))
        #expect(logins.tokenReceived(link, now: at(1)) == [])
        #expect(logins.tokenFound(link, .unknown, isStillAllowed: true, now: at(1)) == [])
        var second = logins
        #expect(second.tokenReceived(link, now: at(2)) == [.refuse(link, .repeated)])
        let claim = Logins.Claim(
            principal: "ana", nonce: nonce, counterNonce: nonce, relay: "wss://relay", signature: [])
        #expect(logins.loginReceived(link, claim, now: at(2)) == [.verify(link, claim)])
    }

    @Test(arguments: [
        (RepResumeTokens.Outcome.spent, true, Logins.Refusal.tokenSpent), (.wrong, true, .tokenWrong),
        (.resumed(.init(principal: "ana", fingerprint: "f")), false, .revoked),
    ])
    func aSpentAWrongAndARevokedTokenAreRefusedAndCountAsFailures(
        outcome: RepResumeTokens.Outcome, isAllowed: Bool, refusal: Logins.Refusal
    ) {
        var logins = Logins(relayNames: ["wss://relay"], limits: PairingLimits())
        for number in 1...UInt64(PairingLimits().loginFailureBurst) {
            _ = logins.linkOpened(RepKey(number), from: .init(1), nonce: [UInt8](repeating: 1, count: 32), now: at(0))
            #expect(logins.tokenReceived(RepKey(number), now: at(0)) == [])
            #expect(
                logins.tokenFound(RepKey(number), outcome, isStillAllowed: isAllowed, now: at(0))
                    == [.refuse(RepKey(number), refusal)])
        }
        let next = logins.linkOpened(RepKey(99), from: .init(1), nonce: [UInt8](repeating: 1, count: 32), now: at(0))
        #expect(next == [.refuse(RepKey(99), .penalised(for: PairingLimits().loginForgiveDuration))])
    }

    @Test func aGoodTokenAdmitsAndALateOneDoesNot() {
        var logins = Logins(relayNames: ["wss://relay"], limits: PairingLimits())
        for link in [RepKey(1), RepKey(2)] {
            _ = logins.linkOpened(link, from: .init(1), nonce: [UInt8](repeating: 1, count: 32), now: at(0))
        }
        #expect(logins.tokenReceived(RepKey(1), now: at(1)) == [])
        #expect(
            logins.tokenFound(RepKey(1), .resumed(self.ana), isStillAllowed: true, now: at(1))
                == [.admit(RepKey(1), principal: "ana", fingerprint: "SHA256:a")])
        #expect(logins.tokenReceived(RepKey(2), now: at(30)) == [.refuse(RepKey(2), .late)])
    }
}
