internal import Synchronization
package import Wire

/// The newest receipts of sessions that have ended, for whoever knows a session's id (`Protocol/audit-log.md`, "Proofs
/// and receipts"). Any thread; nothing here touches the disk.
package final class ReceiptShelf: Sendable {
    private struct State {
        var texts: [SessionID: String] = [:]
        /// Oldest first, from `first` on; the places before it are empty.
        var order: [SessionID] = []
        var first = 0
    }

    private let countMax: Int
    private let state = Mutex(State())

    /// A shelf for at most `countMax` receipts; the oldest make room.
    package init(countMax: Int) {
        self.countMax = countMax
    }

    /// Takes in the receipt of a session.
    package func put(_ session: SessionID, _ text: String) {
        self.state.withLock { state in
            guard state.texts.updateValue(text, forKey: session) == nil else { return }
            state.order.append(session)
            while state.texts.count > self.countMax {
                state.texts[state.order[state.first]] = nil
                state.first += 1
            }
            guard state.first > self.countMax else { return }
            state.order.removeFirst(state.first)
            state.first = 0
        }
    }

    /// The receipt that a path names; nil where it is not, or not yet, or not any more here.
    package func receipt(at path: String) -> String? {
        guard path.hasPrefix(Self.prefix), path.hasSuffix(Self.suffix) else { return nil }
        let id = path.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)
        guard let session = SessionID(String(id)) else { return nil }
        return self.state.withLock { $0.texts[session] }
    }

    /// Where the receipt of a session is had.
    package static func path(of session: SessionID) -> String { Self.prefix + session.text + Self.suffix }

    private static let prefix = "/receipts/"
    private static let suffix = ".tlog-proof"
}
