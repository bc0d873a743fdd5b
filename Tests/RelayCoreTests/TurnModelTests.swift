import RelayCore
import Support
import Testing
import Wire

/// Whole turns of a loop, fed to the core and to the naive model: many seats that stand at the same frame, and what
/// breaks that up in the middle of a turn. Sharing blocks is to be invisible: each seat gets what it would get alone.
@Suite struct TurnModelTests {
    /// The core and the model, told the same.
    private struct Pair {
        var world: World
        var model: NaiveModel
        var random: SplitMix64
        var joined: UInt32 = 0
        /// One of so many seats is without cursor.
        let rareness: Int
        let words: String
        private(set) var counts = Counts()

        struct Counts {
            var frames = 0
            /// Gatherings that ended because the link took no more.
            var partials = 0
            /// Blocks taken from another seat's gathering, and those that a link took none of.
            var blocks = 0
            var refused = 0

            static func += (left: inout Counts, right: Counts) {
                left.frames += right.frames
                left.partials += right.partials
                left.blocks += right.blocks
                left.refused += right.refused
            }
        }

        init(seed: UInt64) {
            var random = SplitMix64(seed: seed)
            var limits = RelayLimits()
            limits.ringFrameCountMax = Int.random(in: 4...60, using: &random)
            limits.ringBytesMax = Int.random(in: 2000...20_000, using: &random)
            limits.seatCountMax = Int.random(in: 2...16, using: &random)
            limits.seatBehindBytesMax = Int.random(in: 1000...10_000, using: &random)
            limits.gatherBytesMax = Int.random(in: 1...4, using: &random) == 1 ? 500 : 50_000
            limits.sentRangeCountMax = Int.random(in: 1...8, using: &random)
            limits.shopperBurstFramesMax = 1 << 20
            limits.shopperBurstBytesMax = 1 << 30
            self.world = World.live(seats: 0, limits)
            self.model = NaiveModel(limits: limits)
            // As the transport's gather area: what does not fit goes out before its block is whole.
            self.world.shelf.areaBytesMax = Int.random(in: 1...3, using: &random) == 1 ? 600 : 1 << 18
            self.rareness = [1, 2, 4, 1000].randomElement(using: &random) ?? 2
            self.random = random
            self.words = "SEED=\(seed)"
        }

        mutating func isOneOf(_ count: Int) -> Bool { Int.random(in: 1...count, using: &self.random) == 1 }

        mutating func anySeat() -> UInt32 { UInt32.random(in: 0...Swift.max(self.joined, 1), using: &self.random) }

        mutating func send() {
            let kinds: [FrameKind] = [.keyframe, .delta, .delta, .delta, .delta, .scroll, .cursor, .cursor, .cursor]
            let kind = self.world.pageSequence == 0 ? .keyframe : kinds.randomElement(using: &self.random) ?? .delta
            let body = Int.random(in: 0...(kind == .cursor ? 64 : 300), using: &self.random)
            _ = self.world.send(kind, body: body)
            let sequence = kind == .cursor ? self.world.cursorSequence : self.world.pageSequence
            let bytes = body + (body + 24 < 126 ? 26 : 28)
            self.model.accept(Sent(kind, sequence), bytes: bytes, now: self.world.now)
        }

        mutating func join() {
            let wantsCursor = !self.isOneOf(self.rareness)
            let isSeated = self.world.join(self.joined, wantsCursor: wantsCursor) != nil
            #expect(isSeated == self.model.join(self.joined, wantsCursor: wantsCursor), "\(self.words)")
            self.joined += 1
        }

        mutating func leave(_ seat: UInt32) {
            _ = self.world.leave(seat)
            self.model.leave(seat)
        }

        /// What happens to seats beside the frames.
        mutating func disturb() {
            let seat = self.anySeat()
            switch Int.random(in: 0..<6, using: &self.random) {
            case 0, 1: self.join()
            case 2: self.leave(seat)
            case 3:
                _ = self.world.resync(seat)
                self.model.resync(seat)
            case 4: self.send()
            default:
                let actions = self.world.deadline()
                self.model.check(now: self.world.now)
                if actions.contains(where: { if case .recordSent = $0 { true } else { false } }) { self.model.record() }
            }
        }

        /// The seat's link takes `room` bytes.
        mutating func serve(_ seat: UInt32, room: Int) {
            let before = (uses: self.world.shelf.uses, refusals: self.world.shelf.refusals)
            let real = self.world.gather(seat, room: room, inNewTurn: false)
            let naive = self.model.gather(seat, room: room)
            #expect(real == naive, "\(self.words): seat \(seat) is handed what it would not get alone")
            self.counts.frames += real.frames.count
            self.counts.blocks += self.world.shelf.uses - before.uses
            self.counts.refused += self.world.shelf.refusals - before.refusals
            guard room < .max, real.isMoreDue else { return }
            self.counts.partials += 1
            self.world.block(seat)
            self.model.block(seat, now: self.world.now)
        }

        /// Frames come, then every seat is served, in any order.
        mutating func turn() {
            for _ in 0..<Int.random(in: 0...6, using: &self.random) { self.send() }
            if self.isOneOf(3) { self.disturb() }
            self.world.session.turnEnded()
            for seat in (0..<Swift.max(self.joined, 1)).shuffled(using: &self.random) where !self.isOneOf(10) {
                // A socket that is nearly full, often in the middle of what the others are handed.
                let room = self.isOneOf(8) ? Int.random(in: 0...900, using: &self.random) : .max
                self.serve(seat, room: room)
                if self.isOneOf(20) { self.disturb() }
                if self.isOneOf(20) { self.serve(self.anySeat(), room: .max) }
            }
            self.world.pass(.milliseconds(Int.random(in: 0...200, using: &self.random)))
            #expect(self.world.session.seatCount == self.model.seats.count, "\(self.words)")
            #expect(
                self.world.session.ringFrameCount == self.model.frames.count - self.model.oldest, "\(self.words)")
        }
    }

    @Test func aBlockThatIsSharedIsWhatEachSeatWouldGetAlone() {
        var counts = Pair.Counts()
        for seed in UInt64(1)...150 {
            var pair = Pair(seed: seed)
            for _ in 0..<Int.random(in: 2...12, using: &pair.random) { pair.join() }
            for _ in 0..<40 { pair.turn() }
            counts += pair.counts
        }
        // The turns are what they are meant to be.
        #expect(counts.frames > 50_000, "\(counts)")
        #expect(counts.blocks > 3000, "\(counts)")
        #expect(counts.partials > 1000, "\(counts)")
        #expect(counts.refused > 500, "\(counts)")
    }
}
