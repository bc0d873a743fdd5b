import Testing
import Wire

@testable import RepConsole

@Suite struct LinkStoryTests {
    @Test func aChallengeIsSignedAndTheLoginSent() {
        var desk = Desk()
        #expect(desk.model.start() == [.dial(after: .zero)])
        desk.hear(.linkOpened)
        let challenge = Challenge(nonce: "n", relay: ["wss://relay.example"], now: 0)
        #expect(desk.hear(.control(.challenge(challenge))) == [.sign(challenge)])
        let login = Login(principal: "ana", nonce: "n", cnonce: "c", relay: "wss://relay.example", signature: "s")
        #expect(desk.hear(.signed(login)) == [.send(.login(login))])
    }

    @Test func aSignatureThatComesAfterTheLinkWasLostIsNotSent() {
        var desk = Desk()
        desk.hear(.linkOpened)
        desk.hear(.linkClosed(code: 4005, entropy: 0))
        let login = Login(principal: "ana", nonce: "n", cnonce: "c", relay: "wss://relay.example", signature: "s")
        #expect(desk.hear(.signed(login)) == [])
    }

    @Test func aRefusedLoginEndsWithFour() {
        var desk = Desk()
        desk.hear(.linkOpened)
        let effects = desk.hear(.linkClosed(code: 4508, entropy: 0))
        #expect(effects == [.quit(.loginNeeded(why: "The relay did not accept the login."))])
        #expect(Ending.loginNeeded(why: "").exitCode == 4)
    }

    @Test func aRelayThatNeverAnsweredIsGivenUp() {
        var desk = Desk()
        for attempt in 1..<Model.firstDialAttemptMax {
            let effects = desk.hear(.dialFailed(why: "nobody there", entropy: .max))
            #expect(effects.count == 1 && effects != [.quit(.noConnection(why: "nobody there"))], "attempt \(attempt)")
        }
        #expect(desk.hear(.dialFailed(why: "nobody there", entropy: 0)) == [.quit(.noConnection(why: "nobody there"))])
    }

    @Test func aRelayThatAnsweredOnceIsDialledForEver() {
        var desk = Desk.open()
        desk.hear(.linkClosed(code: 1006, entropy: 0))
        for _ in 0..<50 {
            let effects = desk.hear(.dialFailed(why: "down", entropy: .max))
            #expect(effects.contains { if case .dial(let pause) = $0 { pause <= Backoff.pauseMax } else { false } })
        }
        #expect(desk.words().contains("down Coming back"))
    }

    @Test func everyReconnectCodeDialsAgainAndEveryOtherDoesNot() {
        for code in CloseCode.allCases where code != .loginRefused {
            var desk = Desk.open()
            let effects = desk.hear(.linkClosed(code: code.rawValue, entropy: 0))
            let dials = effects.contains { if case .dial = $0 { true } else { false } }
            #expect(dials == code.mayReconnect, "\(code)")
            #expect(dials || desk.words().contains(LinkWords.sentence(code: code.rawValue)), "\(code)")
        }
    }

    @Test func pausesGrowAndAreJittered() {
        #expect(Backoff.pause(attempt: 0, entropy: .max) == Backoff.pauseMin)
        #expect(Backoff.pause(attempt: 0, entropy: 0) == Backoff.pauseMin * 0.5)
        #expect(Backoff.pause(attempt: 2, entropy: .max) == Backoff.pauseMin * 4)
        #expect(Backoff.pause(attempt: 1_000_000, entropy: .max) == Backoff.pauseMax)
    }

    @Test func heldSessionsAreAcceptedAgainAfterANewLogin() {
        var desk = Desk.watching()
        desk.hear(.linkClosed(code: 4000, entropy: 0))
        desk.pass(.seconds(4))
        #expect(desk.words().contains("last seen 4 s ago"))
        #expect(desk.words().contains("Postcode"), "the old page stays, dim")
        #expect(desk.login() == [.send(.accept(.sample(1)))])
        desk.seat(1, number: 9)
        #expect(desk.keyframe(9, sequence: 1) == [])
        #expect(!desk.words().contains("last seen"))
    }

    @Test func aTokenBringsThePageBackWithoutASignatureOrAnAccept() {
        var desk = Desk.watching(token: "t1")
        let captured = desk.now.wall - 12_000
        desk.hear(.linkClosed(code: 1006, entropy: 0))
        #expect(desk.words().contains("Postcode"), "the old page stays, dim")
        #expect(desk.words().contains("last seen"))
        desk.pass(.seconds(1))
        desk.hear(.linkOpened)
        let seats = [Resume.Seat(session: .sample(1), last: FrameMark(sequence: 1, captureTime: captured))]
        #expect(desk.hear(.control(.challenge(.sample))) == [.send(.resume(Resume(token: "t1", seats: seats)))])
        #expect(desk.ready(token: "t2") == [])
        desk.seat(1, number: 7)
        #expect(!desk.words().contains("last seen"))
        // The very next frame of the lane, with no keyframe before it.
        #expect(desk.scroll(7, sequence: 2) == [])
        // The next break has the next token.
        desk.hear(.linkClosed(code: 1006, entropy: 0))
        desk.hear(.linkOpened)
        guard case .send(.resume(let resume)) = desk.hear(.control(.challenge(.sample))).first else {
            Issue.record("no resume")
            return
        }
        #expect(resume.token == "t2")
        #expect(resume.seats.first?.last?.sequence == 2)
    }

    @Test func aTokenThatTheRelayDoesNotKnowIsFollowedByALoginOnTheSameLink() {
        var desk = Desk.watching(token: "t1")
        desk.hear(.linkClosed(code: 4000, entropy: 0))
        desk.hear(.linkOpened)
        desk.hear(.control(.challenge(.sample)))
        let refused = Refused(what: .resume, session: nil, why: .unknown, text: "")
        #expect(desk.hear(.control(.refused(refused))) == [.sign(.sample)])
        #expect(desk.ready() == [.send(.accept(.sample(1)))])
        desk.seat(1, number: 9)
        #expect(desk.scroll(9, sequence: 2) == [.send(.resync(number: 9))], "no delta counts before the keyframe")
        #expect(desk.keyframe(9, sequence: 5) == [])
    }

    @Test func aRefusedTokenIsFollowedByALoginOnTheNextLink() {
        var desk = Desk.watching(token: "t1")
        desk.hear(.linkClosed(code: 1006, entropy: 0))
        desk.hear(.linkOpened)
        desk.hear(.control(.challenge(.sample)))
        let effects = desk.hear(.linkClosed(code: 4508, entropy: 0))
        #expect(effects.contains { if case .dial = $0 { true } else { false } })
        desk.hear(.linkOpened)
        #expect(desk.hear(.control(.challenge(.sample))) == [.sign(.sample)])
        #expect(
            desk.hear(.linkClosed(code: 4508, entropy: 0))
                == [.quit(.loginNeeded(why: "The relay did not accept the login."))])
    }

    @Test func aSeatThatIsNoLongerKeptIsAcceptedAgain() {
        var desk = Desk.watching(token: "t1")
        desk.hear(.linkClosed(code: 1006, entropy: 0))
        desk.hear(.linkOpened)
        desk.hear(.control(.challenge(.sample)))
        desk.ready(token: "t2")
        let gone = Refused(what: .resume, session: .sample(1), why: .unknown, text: "")
        #expect(desk.hear(.control(.refused(gone))) == [.send(.accept(.sample(1)))])
        #expect(desk.words().contains("Postcode"))
    }

    @Test func aTicketThatContinuesAHeldSessionIsAcceptedByItself() {
        var desk = Desk.watching()
        desk.hear(.linkClosed(code: 1006, entropy: 0))
        desk.login()
        desk.hear(
            .control(.refused(Refused(what: .accept, session: .sample(1), why: .unknown, text: "No such session."))))
        #expect(desk.words().contains("The relay was restarted"))
        #expect(desk.queue([.sample(5, continues: 1)]) == [.send(.accept(.sample(5)))])
        #expect(desk.queue([.sample(5, continues: 1)]) == [], "once")
        #expect(desk.model.sessions.map(\.id) == [.sample(5)])
    }

    @Test func aTicketThatContinuesSomebodyElsesSessionIsLeftAlone() {
        var desk = Desk.open([.sample(5, continues: 99)])
        #expect(desk.queue([.sample(5, continues: 99)]) == [])
    }
}
