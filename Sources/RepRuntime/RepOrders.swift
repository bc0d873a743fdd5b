import RepConsole
import Synchronization

/// From the UI thread to the network thread: what to do next, in order.
final class RepOrders: Sendable {
    /// One thing for the network thread to do.
    enum Order: Sendable {
        case dial(after: Duration)
        case send(Wish)
        /// Closes the link; `isLast` when nothing is to follow it.
        case close(code: UInt16, why: String)
    }

    private let orders = Mutex<[Order]>([])

    /// UI thread; wake the loop afterwards.
    func add(_ order: Order) {
        self.orders.withLock { $0.append(order) }
    }

    /// Network thread.
    func take() -> [Order] {
        self.orders.withLock { orders in
            defer { orders = [] }
            return orders
        }
    }
}
