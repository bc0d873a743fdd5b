internal import Histogram

/// How often which value came: a histogram of high dynamic range (HdrHistogram) with two significant digits, which
/// records in constant time and never allocates.
package struct Distribution: Sendable {
    private var histogram: Histogram<UInt64>
    /// Larger values count as this one.
    private let greatest: UInt64
    /// The sum of all values, each as it came.
    package private(set) var sum: UInt64 = 0

    /// Tells values apart from `least` on, up to `greatest`, which is at least twice that.
    package init(least: UInt64, greatest: UInt64) {
        self.greatest = greatest
        self.histogram = Histogram(
            lowestDiscernibleValue: least, highestTrackableValue: greatest, numberOfSignificantValueDigits: .two)
    }

    /// Counts `value` so many times.
    package mutating func record(_ value: UInt64, count: UInt64 = 1) {
        let value = Swift.min(value, self.greatest)
        self.histogram.record(value, count: count)
        self.sum &+= value &* count
    }

    /// Adds what another of the same bounds has counted.
    package mutating func add(_ other: Distribution) {
        self.histogram.add(other.histogram)
        self.sum &+= other.sum
    }

    /// How many values were counted.
    package var count: UInt64 { self.histogram.totalCount }

    /// The value that so many percent of all do not pass, to two digits; 0 before the first.
    package func percentile(_ percent: Double) -> UInt64 { self.histogram.valueAtPercentile(percent) }
}
