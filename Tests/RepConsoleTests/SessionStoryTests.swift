import PageView
import Terminal
import Testing
import Wire

@testable import RepConsole

@Suite struct SessionStoryTests {
    @Test func aKeyframeIsShown() {
        var desk = Desk.watching()
        #expect(desk.words().contains("Delivery details"))
        #expect(desk.words().contains("Enter a full postcode"))
        #expect(desk.words().contains("shop.example/delivery 1280×800"))
    }

    @Test func aDeltaBeforeTheFirstKeyframeIsIgnored() {
        var desk = Desk.open()
        desk.press(.enter)
        desk.seat(1, number: 7)
        #expect(desk.scroll(7, sequence: 5) == [])
    }

    @Test func aGapAsksForResyncOnceAndKeepsShowing() {
        var desk = Desk.watching()
        #expect(desk.scroll(7, sequence: 2) == [])
        #expect(desk.scroll(7, sequence: 4) == [.send(.resync(number: 7))])
        #expect(desk.scroll(7, sequence: 5) == [])
        #expect(desk.words().contains("Delivery details"))
        #expect(desk.keyframe(7, sequence: 6) == [])
        #expect(desk.scroll(7, sequence: 7) == [])
    }

    @Test func aKeyframeThatDoesNotComeIsAskedForAgain() {
        var desk = Desk.watching()
        desk.scroll(7, sequence: 9)
        #expect(desk.pass(.seconds(1)) == [])
        #expect(desk.model.deadline != nil)
        #expect(desk.pass(.seconds(1)) == [.send(.resync(number: 7))])
        #expect(desk.pass(.seconds(1)) == [])
    }

    @Test func aDeltaThatDoesNotFitAsksForResync() throws {
        var desk = Desk.watching()
        let delta = try ViewDelta(Array(#"{"moves":[[99,1,1]]}"#.utf8))
        let effects = desk.page(7, sequence: 2, isKeyframe: false, .success(.delta(delta)))
        #expect(effects == [.send(.resync(number: 7))])
    }

    @Test func aDeltaThatCannotBeReadAsksForResync() {
        var desk = Desk.watching()
        let effects = desk.page(7, sequence: 2, isKeyframe: false, .failure(.unreadable("malformed")))
        #expect(effects == [.send(.resync(number: 7))])
    }

    @Test func aKeyframeThatCannotBeReadIsNotAskedForAgain() {
        var desk = Desk.watching()
        #expect(desk.page(7, sequence: 2, isKeyframe: true, .failure(.unreadable("malformed"))) == [])
        #expect(desk.words().contains("The shopper's page could not be read (malformed)."))
    }

    @Test func aBombLeavesTheSession() {
        var desk = Desk.watching()
        #expect(desk.page(7, sequence: 2, isKeyframe: true, .failure(.tooLarge)) == [.send(.leave(.sample(1)))])
        #expect(desk.words().contains("larger than this terminal accepts"))
    }

    @Test func framesOfTwoSessionsAreToldApart() {
        var desk = Desk.watching()
        desk.press(.escape)
        desk.type("j")
        desk.press(.enter)
        desk.seat(2, number: 8)
        desk.keyframe(8, sequence: 40, title: "Basket")
        desk.keyframe(7, sequence: 2, title: "Payment")
        #expect(desk.model.sessions.map(\.title) == ["Payment", "Basket"])
        #expect(desk.text().contains(" 1 Payment ● "), "the tab in the background has news")
        desk.type("1")
        #expect(!desk.text().contains("●  "))
        #expect(desk.model.shown?.title == "Payment")
    }

    @Test func aFrameOfNoSessionChangesNothing() {
        var desk = Desk.watching()
        let before = desk.screen()
        #expect(desk.keyframe(99, sequence: 1) == [])
        desk.cursor(99, x: 5, y: 5)
        #expect(desk.screen() == before)
    }

    @Test func theCursorMovesWithoutPaintingThePageAnew() throws {
        var desk = Desk.watching(columns: 200, rows: 56)
        let revision = desk.model.sessions[0].revision
        desk.cursor(7, x: 640, y: 400)
        let scale = try #require(desk.model.sessions[0].scale)
        let cell = try #require(scale.cell(at: ViewPoint(x: 640, y: 400)))
        #expect(desk.text().split(separator: "\n", omittingEmptySubsequences: false)[cell.row + 2].contains("◤"))
        #expect(desk.model.sessions[0].revision == revision)
    }

    @Test func followingMovesThePaneToTheCursorAndPanningEndsIt() {
        var desk = Desk.watching(columns: 80, rows: 24)
        desk.cursor(7, x: 1200, y: 700)
        #expect(desk.text().contains("◤"))
        #expect(desk.words().contains("follow on"))
        desk.press(.home)
        desk.press(.pageUp)
        #expect(desk.words().contains("looking round, F follows"))
        desk.cursor(7, x: 1201, y: 700)
        #expect(!desk.text().contains("◤"))
        desk.type("F")
        #expect(desk.text().contains("◤"))
    }

    @Test func panningStaysOverThePageAndComesBackToItsStart() throws {
        var desk = Desk.watching(columns: 80, rows: 24)
        for _ in 0..<100 { desk.type("LJ") }
        let far = try #require(desk.model.sessions[0].scale)
        #expect(far.origin.x + 79 * far.cellWidth < 1280 && far.origin.y + 19 * far.cellHeight < 1400)
        #expect(far.origin.y > 800, "past what the shopper sees")
        for _ in 0..<100 { desk.type("HK") }
        #expect(desk.model.sessions[0].scale?.origin == ViewPoint(x: 0, y: 0))
    }

    @Test func zoomFitsReadsAndSteps() throws {
        var desk = Desk.watching(columns: 80, rows: 24)
        desk.type("0")
        #expect(desk.model.sessions[0].scale?.cellWidth == 16)
        desk.type("z")
        #expect(try abs(#require(desk.model.sessions[0].scale).cellWidth - 16 * 1.15) < 0.001)
        for _ in 0..<50 { desk.type("Z") }
        #expect(desk.model.sessions[0].scale?.cellWidth == 3)
        desk.type("=")
        #expect(desk.model.sessions[0].zoom == .readable)
    }

    @Test func aPressIsShownForAMoment() throws {
        var desk = Desk.watching(columns: 200, rows: 56)
        let press = try ViewPress(Array(#"[640,400,"down"]"#.utf8))
        #expect(desk.page(7, sequence: 2, isKeyframe: false, .success(.press(press))) == [])
        #expect(desk.text().contains("( )"))
        desk.pass(SessionMarks.pressDuration)
        #expect(!desk.text().contains("( )"))
        #expect(desk.scroll(7, sequence: 3) == [], "a press counts in the page lane")
    }

    @Test func anAwayShopperIsShownDimWithTheTimeSince() {
        var desk = Desk.watching()
        desk.hear(.control(.presence(Presence(session: .sample(1), state: .away))))
        desk.pass(.seconds(4))
        #expect(desk.words().contains("The shopper is away · last seen 4 s ago"))
        #expect(desk.screen()[20, 10].attributes.contains(.dim))
        desk.hear(.control(.presence(Presence(session: .sample(1), state: .live))))
        #expect(!desk.screen()[20, 10].attributes.contains(.dim))
    }

    @Test func aSessionThatIsNotOnRecordSaysSoToItsEnd() {
        var desk = Desk.watching()
        desk.hear(.control(.presence(Presence(session: .sample(1), state: .live, unrecorded: true))))
        #expect(desk.words().contains("Watching, not on record: the relay's audit log has failed"))
        desk.hear(.control(.presence(Presence(session: .sample(1), state: .away))))
        desk.hear(.control(.presence(Presence(session: .sample(1), state: .live))))
        #expect(desk.words().contains("not on record"))
    }

    @Test func anEndedSessionSaysWhereItsReceiptIs() {
        var desk = Desk.watching(columns: 200, rows: 56)
        let path = "/receipts/\(SessionID.sample(1).text).tlog-proof"
        desk.hear(.control(.presence(Presence(session: .sample(1), state: .ended, why: .shopper, receipt: path))))
        #expect(desk.words().contains("Receipt: https://"))
        #expect(desk.words().contains(path))
    }

    @Test func anEndedSessionSaysWhyAndItsTabCanBeClosed() {
        var desk = Desk.watching()
        desk.hear(.control(.presence(Presence(session: .sample(1), state: .ended, why: .shopper))))
        #expect(desk.words().contains("The shopper ended the session. x closes this tab"))
        #expect(desk.type("x") == [])
        #expect(desk.model.sessions.isEmpty)
    }

    @Test func anEndFrameEndsTheSessionOfItsNumber() {
        var desk = Desk.watching()
        desk.hear(.control(.end(number: 8, End(why: .relay))))
        #expect(desk.model.sessions[0].presence == .live)
        desk.hear(.control(.end(number: 7, End(why: .relay))))
        #expect(desk.words().contains("The relay ended the session."))
    }

    @Test func aKeyframeIsAskedForAgainHoweverBusyTheCursorIs() {
        var desk = Desk.watching()
        desk.scroll(7, sequence: 9)
        var effects: [Effect] = []
        for _ in 0..<100 {
            desk.now.instant = desk.now.instant + .milliseconds(33)
            desk.cursor(7, x: 10, y: 10)
            if let deadline = desk.model.deadline, deadline <= desk.now.instant { effects += desk.hear(.tick) }
        }
        #expect(effects == [.send(.resync(number: 7))])
    }

    @Test func leavingAsksOnce() {
        var desk = Desk.watching()
        #expect(desk.type("x") == [])
        #expect(desk.words().contains("Leave this session?"))
        #expect(desk.type("n") == [])
        #expect(desk.model.sessions.count == 1)
        #expect(desk.type("xy") == [.send(.leave(.sample(1)))])
        #expect(desk.model.sessions.isEmpty)
    }

    @Test func quittingAsksOnlyWhileSessionsAreOpen() {
        var idle = Desk.open()
        #expect(idle.type("q") == [.quit(.done)])
        var desk = Desk.watching()
        #expect(desk.type("q") == [])
        #expect(desk.words().contains("Quit with 1 session open?"))
        #expect(desk.type("y") == [.send(.leave(.sample(1))), .quit(.done)])
    }

    @Test func controlCQuitsOnlyWhenTypedTwiceSoon() {
        var desk = Desk.watching()
        #expect(desk.hear(.key(.control("c"))) == [])
        desk.pass(.seconds(3))
        #expect(desk.hear(.key(.control("c"))) == [])
        #expect(desk.hear(.key(.control("c"))) == [.quit(.done)])
    }

    @Test func captureTimesOfAnyValueAreShownOrNotButNeverTrap() {
        var desk = Desk.watching()
        let wall = desk.now.wall
        let times: [UInt64] = [0, 1, .max, wall, wall + 1, .max / 2]
        for time in times {
            desk.hear(.cursor(number: 7, captureTime: time, point: nil))
            desk.now.wall = time
            desk.hear(.cursor(number: 7, captureTime: 0, point: nil))
            #expect(desk.words().contains("live"))
        }
    }

    @Test func anIdleLiveSessionNeedsNoTick() {
        let desk = Desk.watching()
        #expect(desk.model.deadline == nil)
    }
}
