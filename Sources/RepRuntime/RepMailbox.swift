import PageView
package import RepConsole
import Synchronization

/// From the network thread to the UI thread: facts in order, and of each session's cursor only the latest.
///
/// Bounded: a UI thread that stands still (a stopped terminal, SIGSTOP) costs at most `bytesMax`. Page frames beyond it
/// are dropped, which leaves a gap that the model answers with resync; control frames are few and bounded by the link's
/// own limits, so `post` refuses only when something is badly wrong and the link must be closed.
package final class RepMailbox: Sendable {
    /// Bodies waiting to be shown: two of the largest keyframes, inflated.
    static let bytesMax = 16 << 20
    /// Facts waiting; a desk that works takes them within milliseconds.
    static let factCountMax = 4096

    private struct Cursor {
        var captureTime: UInt64
        var point: ViewPoint?
    }

    private struct State {
        var facts: [Message] = []
        var byteCount = 0
        var cursors: [UInt32: Cursor] = [:]
        var isWoken = false
    }

    private let state = Mutex(State())
    private let wakeDescriptor: WakeDescriptor

    package init() throws(RepError) {
        self.wakeDescriptor = try WakeDescriptor()
    }

    /// To poll for reading: readable when `take` has something.
    package var descriptor: Int32 { self.wakeDescriptor.descriptor }

    /// Adds a fact at the end. False when there is no room left. Network thread.
    func post(_ fact: Message) -> Bool {
        self.change { state in
            guard state.facts.count < Self.factCountMax else { return false }
            state.facts.append(fact)
            return true
        }
    }

    /// Adds a page frame whose body had `byteCount` bytes, or drops it when too much waits already. Network thread.
    func post(_ arrival: PageArrival, byteCount: Int) {
        _ = self.change { state in
            let fits = state.byteCount + byteCount <= Self.bytesMax && state.facts.count < Self.factCountMax / 2
            guard fits else { return false }
            state.byteCount += byteCount
            state.facts.append(.page(arrival))
            return true
        }
    }

    /// Replaces the session's cursor. Network thread.
    func post(cursor point: ViewPoint?, captureTime: UInt64, number: UInt32) {
        _ = self.change { state in
            state.cursors[number] = Cursor(captureTime: captureTime, point: point)
            return true
        }
    }

    /// Forgets what the lost link's cursors were: their session numbers mean nothing on the next one.
    func dropCursors() {
        self.state.withLock { $0.cursors.removeAll() }
    }

    /// Everything that has come, in order; cursors last, in the order of their numbers. UI thread.
    package func take() -> [Message] {
        self.wakeDescriptor.clear()
        return self.state.withLock { state in
            var facts = state.facts
            for (number, cursor) in state.cursors.sorted(by: { $0.key < $1.key }) {
                facts.append(.cursor(number: number, captureTime: cursor.captureTime, point: cursor.point))
            }
            state = State()
            return facts
        }
    }

    /// One change under the lock; the first since the last `take` wakes the UI thread.
    private func change(_ body: (inout sending State) -> Bool) -> Bool {
        let (isTaken, mustWake) = self.state.withLock { state in
            let isTaken = body(&state)
            let mustWake = isTaken && !state.isWoken
            if isTaken { state.isWoken = true }
            return (isTaken, mustWake)
        }
        if mustWake { self.wakeDescriptor.wake() }
        return isTaken
    }
}
