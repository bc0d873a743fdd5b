internal import Synchronization

/// Links of all loops of a daemon together, for the one limit that they share. Any thread.
package final class LinkCount: Sendable {
    private let count = Atomic(0)

    /// No link.
    package init() {}

    /// Links now.
    var value: Int { self.count.load(ordering: .relaxed) }

    /// A link came, or went with -1.
    func add(_ links: Int) { self.count.add(links, ordering: .relaxed) }
}
