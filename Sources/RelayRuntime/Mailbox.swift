package import AuditStore
package import Metrics
package import OpenSSH
package import PairingCore
internal import Synchronization
internal import WebSocketTransport
internal import Wire

/// What other threads tell a loop.
package enum Mail: Sendable {
    /// The audit log is on disk up to this ticket.
    case durable(AuditTicket)
    /// The audit log has failed for good.
    case auditFailed(AuditStoreError)
    /// A login was checked; nil when its signature cannot be read. For the loop of the front desk.
    case login(RepKey, LoginVerdict?)
    /// The daemon stops: end the sessions, tell everyone.
    case drain
    /// The watchdog asks whether the loop turns.
    case beat
    /// Somebody wants a copy of the loop's figures; answered on the loop's thread, so the closure does little.
    case metrics(@Sendable (LoopMetrics) -> Void)
    /// From another loop.
    case loop(LoopMail)
}

/// What a full mailbox left out of a turn's mail, for its sender to mend.
struct LostMail {
    /// Sessions whose frames did not go.
    var sessions: Set<UInt32> = []
    /// The sender's links whose frames or questions did not go.
    var links: Set<LinkID> = []

    var isEmpty: Bool { self.sessions.isEmpty && self.links.isEmpty }
}

/// The one door from other threads into a service loop.
///
/// Bounded: one notice a commit, one verdict a login, and of the other loops' mail what `RuntimeLimits` allows.
/// Beyond that frames, questions and control frames are left out, each with its way back (`LoopMail.Loss`); what
/// remains is one a link or session and change of its state.
package final class Mailbox: Sendable {
    private struct State {
        var mail: [Mail] = []
        var wake: (@Sendable () -> Void)?
        /// Mail of other loops that waits.
        var loopMailCount = 0
        var loopMailBytes = 0
        /// Frames that were handed over here since the start.
        var framesTaken = 0
        /// Links of this loop that were to be told something and were not.
        var cutLinks: Set<LinkID> = []
        /// The array that was taken last, for its memory.
        var spare: [Mail] = []
    }

    private let state = Mutex(State())
    private let openBeats = Atomic(0)
    private let countMax: Int
    private let bytesMax: Int

    /// Holds at most so much mail of other loops.
    package init(limits: RuntimeLimits = RuntimeLimits()) {
        self.countMax = limits.loopMailCountMax
        self.bytesMax = limits.loopMailBytesMax
    }

    /// Sets what wakes the loop; wakes at once if mail waits already.
    package func connect(_ wake: @escaping @Sendable () -> Void) {
        let isWaiting = self.state.withLock { state in
            state.wake = wake
            return !state.mail.isEmpty
        }
        if isWaiting { wake() }
    }

    /// Any thread. Notices of durability overtake each other: only the highest matters.
    package func post(_ mail: Mail) {
        let wake = self.state.withLock { state in
            if case .durable(let ticket) = mail, case .durable(let waiting)? = state.mail.last {
                state.mail[state.mail.count - 1] = .durable(Swift.max(ticket, waiting))
            } else {
                state.mail.append(mail)
            }
            return state.wake
        }
        wake?()
    }

    /// Another loop's thread: all that one turn has for this loop, with one wake.
    func post(_ letters: [LoopMail]) -> LostMail {
        var lost = LostMail()
        let wake = self.state.withLock { state in
            for letter in letters {
                if self.isLost(letter, &lost, &state) { continue }
                state.loopMailCount += 1
                state.loopMailBytes += letter.byteCount
                if case .frame = letter.loss { state.framesTaken += 1 }
                state.mail.append(.loop(letter))
            }
            return state.wake
        }
        wake?()
        return lost
    }

    private func isLost(_ letter: LoopMail, _ lost: inout LostMail, _ state: inout State) -> Bool {
        let isFull =
            state.loopMailCount >= self.countMax || state.loopMailBytes + letter.byteCount > self.bytesMax
        switch letter.loss {
        case .none: return false
        case .frame(let session):
            // What follows a lost frame is of no use either.
            guard isFull || lost.sessions.contains(session) else { return false }
            lost.sessions.insert(session)
        case .sender(let link):
            guard isFull || lost.links.contains(link) else { return false }
            lost.links.insert(link)
        case .receiver(let link):
            guard isFull || state.cutLinks.contains(link) else { return false }
            state.cutLinks.insert(link)
        }
        return true
    }

    /// Frames that other loops have handed over here since the start.
    package var framesTaken: Int { self.state.withLock { $0.framesTaken } }

    /// Asks the loop to show that it turns.
    package func postBeat() {
        guard self.openBeats.load(ordering: .relaxed) == 0 else { return }
        self.openBeats.store(1, ordering: .relaxed)
        self.post(.beat)
    }

    /// The loop's thread: it turns.
    package func answerBeat() { self.openBeats.store(0, ordering: .relaxed) }

    /// Whether no beat waits for its answer.
    package var beatIsAnswered: Bool { self.openBeats.load(ordering: .relaxed) == 0 }

    /// The loop's thread: takes everything.
    package func take() -> [Mail] {
        self.state.withLock { state in
            var mail = state.spare
            state.spare = []
            swap(&mail, &state.mail)
            state.loopMailCount = 0
            state.loopMailBytes = 0
            for link in state.cutLinks.sorted(by: { $0.slot < $1.slot }) {
                mail.append(.loop(LoopMail(content: .close(link, .overloaded), sender: 0)))
            }
            state.cutLinks.removeAll()
            return mail
        }
    }

    /// The loop's thread: gives the array back that it took, for its memory.
    package func giveBack(_ mail: consuming [Mail]) {
        mail.removeAll(keepingCapacity: true)
        self.state.withLock { $0.spare = mail }
    }
}
