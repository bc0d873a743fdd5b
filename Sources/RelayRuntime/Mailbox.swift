package import AuditStore
package import OpenSSH
internal import Synchronization
package import WebSocketTransport

/// What other threads tell the relay's loop.
package enum Mail: Sendable {
    /// The audit log is on disk up to this ticket.
    case durable(AuditTicket)
    /// The audit log has failed for good.
    case auditFailed(AuditStoreError)
    /// A login was checked; nil when its signature cannot be read.
    case login(LinkID, LoginVerdict?)
    /// The daemon stops: end the sessions, tell everyone.
    case drain
    /// The watchdog asks whether the loop turns.
    case beat
}

/// The one door from other threads into a service loop. Bounded by its senders: one notice a commit, one verdict a
/// login.
package final class Mailbox: Sendable {
    private struct State {
        var mail: [Mail] = []
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let openBeats = Atomic(0)

    package init() {}

    /// Sets what wakes the loop; wakes at once if mail waits already.
    package func connect(_ wake: @escaping @Sendable () -> Void) {
        let isWaiting = self.state.withLock { state in
            state.wake = wake
            return !state.mail.isEmpty
        }
        if isWaiting { wake() }
    }

    /// Any thread. Notices of durability overtake each other: only the last matters.
    package func post(_ mail: Mail) {
        let wake = self.state.withLock { state in
            if case .durable = mail, case .durable? = state.mail.last { state.mail.removeLast() }
            state.mail.append(mail)
            return state.wake
        }
        wake?()
    }

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
            defer { state.mail.removeAll(keepingCapacity: true) }
            return state.mail
        }
    }
}
