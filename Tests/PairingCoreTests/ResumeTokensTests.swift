import PairingCore
import Testing
import Wire

@Suite struct ResumeTokensTests {
    private static let session = SessionID(high: 1, low: 1)

    private static func token(_ number: UInt64) -> ResumeTokens.Token {
        ResumeTokens.Token(number, number &* 3, ~number, 7)
    }

    private static func tokens() -> ResumeTokens {
        var tokens = ResumeTokens(sessionCountMax: 500, resumeDurationMax: .seconds(120))
        #expect(tokens.sessionBegan(Self.session, token: Self.token(1)) == true)
        tokens.tokenConfirmed(Self.session)
        return tokens
    }

    @Test func aTokenIsGoodOnceAndThenReplaced() {
        var tokens = Self.tokens()
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(2), now: at(0)) == .resumed)
        tokens.tokenConfirmed(Self.session)
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(3), now: at(1)) == .reused)
        #expect(tokens.resume(Self.session, token: Self.token(2), next: Self.token(3), now: at(1)) == .resumed)
    }

    @Test func aPageThatLeavesBeforeItStoredTheNewTokenComesBackWithTheOld() {
        var tokens = Self.tokens()
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(2), now: at(0)) == .resumed)
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(3), now: at(0)) == .resumed)
        #expect(tokens.resume(Self.session, token: Self.token(2), next: Self.token(4), now: at(0)) == .reused)
        tokens.tokenConfirmed(Self.session)
        #expect(tokens.resume(Self.session, token: Self.token(3), next: Self.token(4), now: at(0)) == .resumed)
    }

    @Test func usingTheNewTokenSpendsTheOldOne() {
        var tokens = Self.tokens()
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(2), now: at(0)) == .resumed)
        #expect(tokens.resume(Self.session, token: Self.token(2), next: Self.token(3), now: at(0)) == .resumed)
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(4), now: at(0)) == .reused)
    }

    @Test func theFirstTokenWorksBeforeItIsConfirmed() {
        var tokens = ResumeTokens(sessionCountMax: 500, resumeDurationMax: .seconds(120))
        #expect(tokens.sessionBegan(Self.session, token: Self.token(1)) == true)
        #expect(tokens.sessionBegan(Self.session, token: Self.token(2)) == false)
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(2), now: at(0)) == .resumed)
    }

    @Test func aGuessIsWrongAndHarmless() {
        var tokens = Self.tokens()
        #expect(tokens.resume(Self.session, token: Self.token(99), next: Self.token(2), now: at(0)) == .wrong)
        let other = SessionID(high: 2, low: 2)
        #expect(tokens.resume(other, token: Self.token(1), next: Self.token(2), now: at(0)) == .unknown)
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(2), now: at(0)) == .resumed)
    }

    @Test(arguments: [(119, true), (120, false)]) func theWindowIsTwoMinutes(second: Int, isGood: Bool) {
        var tokens = Self.tokens()
        #expect(tokens.nextDeadline == nil)
        tokens.linkLost(Self.session, now: at(0))
        #expect(tokens.nextDeadline == at(120))
        let outcome = tokens.resume(Self.session, token: Self.token(1), next: Self.token(2), now: at(second))
        #expect(outcome == (isGood ? .resumed : .unknown))
        #expect(tokens.deadlinePassed(now: at(200)) == (isGood ? [] : [Self.session]))
        #expect(tokens.count == (isGood ? 1 : 0))
    }

    @Test func anEndedSessionsTokenIsUnknown() {
        var tokens = Self.tokens()
        tokens.sessionEnded(Self.session)
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(2), now: at(0)) == .unknown)
    }

    @Test func theTableIsBounded() {
        var tokens = ResumeTokens(sessionCountMax: 500, resumeDurationMax: .seconds(120))
        for number in 0..<UInt64(500) {
            #expect(tokens.sessionBegan(SessionID(high: 0, low: number), token: Self.token(number)) == true)
        }
        #expect(tokens.sessionBegan(SessionID(high: 1, low: 0), token: Self.token(0)) == false)
    }

    @Test func onlyTheLastSpentTokensAreRemembered() {
        var tokens = Self.tokens()
        for number in 1...UInt64(ResumeTokens.spentCountMax + 1) {
            #expect(
                tokens.resume(Self.session, token: Self.token(number), next: Self.token(number + 1), now: at(0))
                    == .resumed)
            tokens.tokenConfirmed(Self.session)
        }
        #expect(tokens.resume(Self.session, token: Self.token(1), next: Self.token(50), now: at(0)) == .wrong)
        #expect(tokens.resume(Self.session, token: Self.token(2), next: Self.token(50), now: at(0)) == .reused)
    }
}
