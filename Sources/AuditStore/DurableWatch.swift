/// Lets one thread wait until an entry is on disk.
final class DurableWatch: Sendable {
    private struct State {
        var ticket: UInt64 = 0
        var isFailed = false
    }

    private let state = Monitor(State())

    /// The log told its owner; any thread.
    func note(_ notice: AuditNotice) {
        self.state.withLock { state, wake in
            switch notice {
            case .durable(let ticket): state.ticket = max(state.ticket, ticket.number)
            case .failed: state.isFailed = true
            case .reopened: state.isFailed = false
            case .checkpoint, .receipt, .unpublished: break
            }
            wake = true
        }
    }

    /// Waits until the entry is durable; false if the log fails first. One thread at a time.
    func wait(for ticket: AuditTicket) -> Bool {
        self.state.wait { state in
            if state.ticket >= ticket.number { return .done(true) }
            return state.isFailed ? .done(false) : .wait(nil)
        }
    }
}
