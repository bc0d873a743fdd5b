import Terminal
import Testing
import Wire

@testable import RepConsole

@Suite struct QueueStoryTests {
    @Test func enterAcceptsTheSelectedTicketAndShowsItsTab() {
        var desk = Desk.open()
        desk.type("j")
        #expect(desk.press(.enter) == [.send(.accept(.sample(2)))])
        #expect(desk.model.focus == .session(0))
        #expect(desk.words().contains("Joining the session"))
    }

    @Test func whoWantsNoCursorSaysSoWheneverASeatIsAskedFor() {
        var desk = Desk.open(wantsCursor: false, token: "t1")
        #expect(desk.press(.enter) == [.send(.accept(.sample(1), cursor: false))])
        desk.seat(1, number: 7)
        desk.hear(.linkClosed(code: 1006, entropy: 0))
        desk.hear(.linkOpened)
        let seats = [Resume.Seat(session: .sample(1), last: nil, cursor: false)]
        #expect(desk.hear(.control(.challenge(.sample))) == [.send(.resume(Resume(token: "t1", seats: seats)))])
        // The relay has forgotten the token: the seat is asked for anew.
        let gone = Refused(what: .resume, session: nil, why: .unknown, text: "")
        desk.hear(.control(.refused(gone)))
        #expect(desk.ready() == [.send(.accept(.sample(1), cursor: false))])
    }

    @Test func theSelectedRowKeepsItsTicketAndItsLineWhenOthersComeBeforeIt() {
        var desk = Desk.open((1...30).map { .sample($0) }, rows: 24)
        desk.type("jjj")
        let line = desk.model.queue.selectedIndex! - desk.model.queue.top
        desk.queue([.sample(40), .sample(41)] + (1...30).map { .sample($0) })
        #expect(desk.model.queue.selected == .sample(4))
        #expect(desk.model.queue.selectedIndex! - desk.model.queue.top == line)
        #expect(desk.words().contains("2 above ↑"))
    }

    @Test func aTicketThatLeavesUnderTheSelectionStaysAsGoneAndCannotBeAccepted() {
        var desk = Desk.open()
        desk.queue([.sample(2)])
        #expect(desk.model.queue.selectedRow?.standing == .gone)
        #expect(desk.press(.enter) == [])
        #expect(desk.words().contains("That ticket has left the queue."))
        desk.type("j")
        #expect(desk.model.queue.rows.map(\.session) == [.sample(2)])
    }

    @Test func ownSessionsStandFirst() {
        let desk = Desk.open([.sample(1), .sample(2, state: .live, mine: true)])
        #expect(desk.model.queue.rows.map(\.session) == [.sample(2), .sample(1)])
        #expect(desk.model.queue.rows.first?.standing == .mine)
    }

    @Test func acceptNextTakesTheFirstThatWaitsOnce() {
        var desk = Desk(acceptsNext: true)
        desk.login()
        #expect(desk.queue([.sample(1, state: .live), .sample(2)]) == [.send(.accept(.sample(2)))])
        #expect(desk.queue([.sample(1, state: .live), .sample(2), .sample(3)]) == [])
    }

    @Test func aRefusedTicketIsToldInWordsAndClosesItsTab() {
        var desk = Desk.open()
        desk.press(.enter)
        desk.hear(
            .control(
                .refused(Refused(what: .accept, session: .sample(1), why: .taken, text: "Leo took it 0.2 s ago."))))
        #expect(desk.model.sessions.isEmpty)
        #expect(desk.model.focus == .queue)
        #expect(desk.words().contains("Leo took it 0.2 s ago."))
    }

    @Test func waitingTimeGoesOnBetweenQueueFrames() {
        var desk = Desk.open([.sample(1, waited: 65)])
        #expect(desk.words().contains("1:05 waiting"))
        desk.pass(.seconds(3))
        #expect(desk.words().contains("1:08 waiting"))
    }

    @Test func aNewTicketRingsOnlyWhereNobodyLooks() {
        var desk = Desk.open([.sample(1)])
        #expect(desk.queue([.sample(1), .sample(2)]) == [])
        desk.hear(.focused(false))
        #expect(desk.queue([.sample(1), .sample(2), .sample(3)]) == [.bell])
        #expect(desk.queue([.sample(1), .sample(2), .sample(3)]) == [])
    }

    @Test func aClickSelectsButNeverAccepts() {
        var desk = Desk.open()
        #expect(desk.hear(.click(Position(column: 30, row: 4))) == [])
        #expect(desk.model.queue.selected == .sample(2))
        #expect(desk.model.sessions.isEmpty)
    }

    @Test func theEndsOfTheListStopTheSelection() {
        var desk = Desk.open((1...5).map { .sample($0) })
        desk.type("k")
        #expect(desk.model.queue.selected == .sample(1))
        desk.type("G")
        #expect(desk.model.queue.selected == .sample(5))
        desk.type("jgg")
        #expect(desk.model.queue.selected == .sample(1))
    }

    @Test func nothingCanBeAcceptedWithoutALink() {
        var desk = Desk.open()
        desk.hear(.linkClosed(code: 1006, entropy: 0))
        #expect(desk.press(.enter) == [])
        #expect(desk.words().contains("nothing can be accepted now"))
    }
}
