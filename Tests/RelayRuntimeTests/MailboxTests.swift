import RelayRuntime
import Synchronization
import Testing

@Suite struct MailboxTests {
    @Test func mailThatCameBeforeTheLoopWakesItAtOnce() {
        let mailbox = Mailbox()
        let wakes = Counter()
        mailbox.post(.drain)
        mailbox.connect { wakes.add() }
        #expect(wakes.value == 1)
        mailbox.post(.drain)
        #expect(wakes.value == 2)
        #expect(mailbox.take().count == 2)
        #expect(mailbox.take().isEmpty)
    }

    @Test func aLoopThatAnswersItsBeatIsAlive() {
        let mailbox = Mailbox()
        #expect(mailbox.beatIsAnswered)
        mailbox.postBeat()
        #expect(!mailbox.beatIsAnswered)
        mailbox.postBeat()
        #expect(mailbox.take().count == 1, "one open beat is enough")
        mailbox.answerBeat()
        #expect(mailbox.beatIsAnswered)
    }
}

/// Counts on any thread.
final class Counter: Sendable {
    private let count = Atomic(0)

    func add() { self.count.add(1, ordering: .relaxed) }

    var value: Int { self.count.load(ordering: .relaxed) }
}
