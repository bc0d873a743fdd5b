/// Which rep link: a number that the caller never uses twice while the daemon runs.
package struct RepKey: Hashable, Sendable, Comparable {
    /// The number.
    package let number: UInt64

    /// Wraps a number.
    package init(_ number: UInt64) { self.number = number }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}
