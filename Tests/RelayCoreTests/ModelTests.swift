import RelayCore
import Support
import Testing
import Wire

/// Random facts, fed to the core and to the naive model: the same frames reach the same seats.
@Suite struct ModelTests {
    private static func limits(_ random: inout SplitMix64) -> RelayLimits {
        var limits = RelayLimits()
        limits.ringFrameCountMax = Int.random(in: 1...40, using: &random)
        limits.ringBytesMax = Int.random(in: 400...8000, using: &random)
        limits.seatCountMax = Int.random(in: 1...4, using: &random)
        limits.seatBehindBytesMax = Int.random(in: 200...6000, using: &random)
        limits.gatherBytesMax = Int.random(in: 1...4000, using: &random)
        limits.sentRangeCountMax = Int.random(in: 1...6, using: &random)
        limits.shopperBurstFramesMax = 1 << 20
        limits.shopperBurstBytesMax = 1 << 30
        return limits
    }

    /// One run of `count` facts; answers how many frames reached seats, how often as another seat's block, and how many
    /// ranges were recorded.
    private static func run(seed: UInt64, count: Int) -> (delivered: Int, blocks: Int, recorded: Int) {
        var random = SplitMix64(seed: seed)
        let limits = Self.limits(&random)
        var world = World.live(seats: 0, limits)
        var model = NaiveModel(limits: limits)
        var joined: UInt32 = 0
        var delivered = 0
        var recorded = 0
        for step in 0..<count {
            let seat = UInt32.random(in: 0...Swift.max(joined, 1), using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<45:
                let kinds: [FrameKind] = [.keyframe, .delta, .delta, .delta, .scroll, .press, .cursor, .cursor]
                let kind = world.pageSequence == 0 ? .keyframe : kinds.randomElement(using: &random) ?? .delta
                let body = Int.random(in: 0...(kind == .cursor ? 64 : 400), using: &random)
                _ = world.send(kind, body: body)
                let sequence = kind == .cursor ? world.cursorSequence : world.pageSequence
                model.accept(Sent(kind, sequence), bytes: body + (body + 24 < 126 ? 26 : 28), now: world.now)
            case 45..<75:
                let room = Bool.random(using: &random) ? Int.max : Int.random(in: 0...1500, using: &random)
                let real = world.gather(seat, room: room, inNewTurn: Bool.random(using: &random))
                let naive = model.gather(seat, room: room)
                delivered += real.frames.count
                #expect(real == naive, "SEED=\(seed) STEP=\(step)")
                if room < .max, real.isMoreDue {
                    world.block(seat)
                    model.block(seat, now: world.now)
                }
            case 75..<80:
                let wantsCursor = Int.random(in: 0..<5, using: &random) > 0
                let isSeated = world.join(joined, wantsCursor: wantsCursor) != nil
                #expect(isSeated == model.join(joined, wantsCursor: wantsCursor), "SEED=\(seed) STEP=\(step)")
                joined += 1
            case 80..<82:
                _ = world.leave(seat)
                model.leave(seat)
            case 82..<85:
                _ = world.resync(seat)
                model.resync(seat)
            case 85..<95: world.pass(.milliseconds(Int.random(in: 0...700, using: &random)))
            default:
                let actions = world.deadline()
                for case .recordSent(let id, let ranges) in actions {
                    #expect(ranges == model.ranges(id.number), "SEED=\(seed) STEP=\(step)")
                    recorded += ranges.count
                }
                model.check(now: world.now)
                if actions.contains(where: { if case .recordSent = $0 { true } else { false } }) { model.record() }
            }
            #expect(world.session.seatCount == model.seats.count, "SEED=\(seed) STEP=\(step)")
            #expect(
                world.session.ringFrameCount == model.frames.count - model.oldest, "SEED=\(seed) STEP=\(step)")
        }
        return (delivered, world.shelf.uses, recorded)
    }

    @Test func theNaiveModelAndTheCoreSendTheSameFramesToTheSameSeats() {
        var delivered = 0
        var blocks = 0
        var recorded = 0
        for seed in UInt64(1)...1000 {
            let run = Self.run(seed: seed, count: 120)
            delivered += run.delivered
            blocks += run.blocks
            recorded += run.recorded
        }
        #expect(delivered > 15_000)
        #expect(blocks > 5)
        #expect(recorded > 1000)
    }
}
