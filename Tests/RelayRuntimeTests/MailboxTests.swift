import Synchronization
import Testing
import WebSocketTransport
import Wire

@testable import RelayRuntime

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

    private static func frame(_ session: UInt32, _ index: UInt64, bytes: Int = 100) -> LoopMail {
        LoopMail(
            content: .frame(
                session: session, index: index, .delta, SharedFrame([UInt8](repeating: 0, count: bytes))), sender: 1)
    }

    private static func limits(count: Int, bytes: Int) -> RuntimeLimits {
        var limits = RuntimeLimits()
        limits.loopMailCountMax = count
        limits.loopMailBytesMax = bytes
        return limits
    }

    @Test func framesAreTakenUpToTheLimitOfBytesAndOnePastItTheSessionLosesTheRest() {
        let mailbox = Mailbox(limits: Self.limits(count: 100, bytes: 300))
        let lost = mailbox.post([Self.frame(1, 1), Self.frame(1, 2), Self.frame(2, 1)])
        #expect(lost.isEmpty)
        #expect(mailbox.post([Self.frame(1, 3), Self.frame(1, 4)]).sessions == [1])
        #expect(mailbox.take().count == 3)
        #expect(mailbox.post([Self.frame(1, 5)]).isEmpty)
        #expect(mailbox.framesTaken == 4)
    }

    @Test func whatFollowsALostFrameIsLostWithItAlsoWhenItWouldFit() {
        let mailbox = Mailbox(limits: Self.limits(count: 100, bytes: 300))
        let lost = mailbox.post([Self.frame(1, 1, bytes: 301), Self.frame(1, 2), Self.frame(2, 1)])
        #expect(lost.sessions == [1])
        #expect(mailbox.take().count == 1)
    }

    @Test func theCountIsKeptAtItsLimitAndOnePastItTheUplinkIsNamed() {
        let mailbox = Mailbox(limits: Self.limits(count: 2, bytes: 1 << 20))
        let header = FrameHeader(kind: .delta, session: 1, sequence: 1, bodyByteCount: 0, captureTime: 0)
        let link = LinkID(slot: 3, generation: 1)
        let uplink = LoopMail(
            content: .uplink(session: 1, link, header, SharedFrame([UInt8](repeating: 0, count: 24))), sender: 1)
        #expect(mailbox.post([uplink, uplink]).isEmpty)
        #expect(mailbox.post([uplink]).links == [link])
    }

    @Test func aControlFrameTooManyCutsItsLinkWhenTheLoopTurnsAgain() {
        let mailbox = Mailbox(limits: Self.limits(count: 1, bytes: 1 << 20))
        let link = LinkID(slot: 3, generation: 1)
        let tell = LoopMail(content: .tell(link, .queue, session: 0, body: []), sender: 1)
        #expect(mailbox.post([tell, tell, tell]).isEmpty, "its sender has nothing to mend")
        let mails = mailbox.take()
        #expect(mails.count == 2)
        guard case .loop(let last)? = mails.last, case .close(link, .overloaded) = last.content else {
            Issue.record("the link is not closed: \(mails)")
            return
        }
    }

    @Test func whatChangesAStateIsNeverLeftOut() {
        let mailbox = Mailbox(limits: Self.limits(count: 1, bytes: 1))
        let left = LoopMail(content: .seatLeft(session: 1, 1, LinkID(slot: 0, generation: 0), why: "lost"), sender: 1)
        #expect(mailbox.post([left, left, left]).isEmpty)
        #expect(mailbox.take().count == 3)
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
