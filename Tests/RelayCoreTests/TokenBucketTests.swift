import RelayCore
import Support
import Testing
import Wire

@Suite struct TokenBucketTests {
    let start = Instant(nanoseconds: 5_000_000_000)

    @Test func aFullBucketGivesItsBurstAndNotOneMore() {
        var bucket = TokenBucket(perSecond: 10, burst: 100, now: self.start)
        #expect(bucket.take(100, now: self.start) == true)
        #expect(bucket.take(1, now: self.start) == false)
    }

    @Test func moreThanTheBurstIsNeverGivenAndCostsNothing() {
        var bucket = TokenBucket(perSecond: 10, burst: 100, now: self.start)
        #expect(bucket.take(101, now: self.start + .seconds(3600)) == false)
        #expect(bucket.take(100, now: self.start + .seconds(3600)) == true)
    }

    @Test func aTokenIsThereAtItsMomentAndNotANanosecondBefore() {
        var bucket = TokenBucket(perSecond: 10, burst: 1, now: self.start)
        #expect(bucket.take(1, now: self.start) == true)
        #expect(bucket.take(1, now: self.start + .nanoseconds(99_999_999)) == false)
        #expect(bucket.take(1, now: self.start + .milliseconds(100)) == true)
    }

    @Test func askingOftenDoesNotLoseTheFractionsOfAToken() {
        var bucket = TokenBucket(perSecond: 3, burst: 1000, now: self.start)
        #expect(bucket.take(1000, now: self.start) == true)
        for step in 1..<10_000 { _ = bucket.take(1001, now: self.start + .milliseconds(step)) }
        #expect(bucket.take(29, now: self.start + .seconds(10)) == true)
        #expect(bucket.take(2, now: self.start + .seconds(10)) == false)
    }

    @Test func aClockThatStandsOrGoesBackGivesNothing() {
        var bucket = TokenBucket(perSecond: 1000, burst: 1, now: self.start)
        #expect(bucket.take(1, now: self.start) == true)
        #expect(bucket.take(1, now: self.start) == false)
        #expect(bucket.take(1, now: Instant(nanoseconds: 0)) == false)
    }

    @Test func theEndOfTheClockFillsTheBucketAndDoesNotTrap() {
        var bucket = TokenBucket(perSecond: .max, burst: 7, now: Instant(nanoseconds: 0))
        #expect(bucket.take(7, now: Instant(nanoseconds: 0)) == true)
        #expect(bucket.take(7, now: Instant(nanoseconds: .max)) == true)
    }

    @Test func aRateOfNothingGivesTheBurstOnce() {
        var bucket = TokenBucket(perSecond: 0, burst: 2, now: self.start)
        #expect(bucket.take(2, now: self.start) == true)
        #expect(bucket.take(1, now: self.start + .seconds(1)) == false)
    }

    @Test(arguments: [UInt64](1...20)) func noIntervalGivesMoreThanBurstAndRate(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let perSecond = Int.random(in: 1...5000, using: &random)
        let burst = Int.random(in: 1...5000, using: &random)
        var bucket = TokenBucket(perSecond: perSecond, burst: burst, now: self.start)
        var elapsed: Int64 = 0
        var taken = 0
        for _ in 0..<2000 {
            elapsed += Int64.random(in: 0...3_000_000, using: &random)
            let count = Int.random(in: 1...8, using: &random)
            if bucket.take(count, now: self.start + .nanoseconds(elapsed)) { taken += count }
            #expect(taken <= burst + Int(elapsed) * perSecond / 1_000_000_000 + 1)
        }
    }
}
