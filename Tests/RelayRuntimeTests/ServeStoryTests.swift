import RelayCore
import Support
import Testing
import Wire

@testable import RelayRuntime

/// The loop that serves the rounds (`Relay.writeWhatIsDue`), driven by seeds over real links: messages of any size and
/// number, cursors that are overtaken in the turn that brings them, records that are full after one range, links that
/// stand still, reps with several seats, seats without cursor. Whatever happened, every round ends and nothing that is
/// due is left asleep: in the end every seat has the shopper's last page frame.
@Suite(.serialized) struct ServeStoryTests {
    /// A rep's seat in one session.
    private struct Held {
        let rep: RepPeer
        let shopper: ShopperPeer
        let wantsCursor: Bool
    }

    private static func limits(_ configuration: inout Configuration, _ random: inout SplitMix64) {
        configuration.limits.session.sentRangeCountMax = Int.random(in: 1...4, using: &random)
        configuration.limits.session.sentRecordInterval = .milliseconds(Int.random(in: 1...50, using: &random))
        configuration.limits.session.gatherBytesMax = Int.random(in: 1...40_000, using: &random)
        configuration.limits.session.seatBehindBytesMax = Int.random(in: 20_000...1_000_000, using: &random)
        configuration.limits.session.shopperRateBytesMax = 1 << 40
        configuration.limits.session.shopperBurstBytesMax = 1 << 40
        configuration.limits.session.shopperRateFramesMax = 1 << 30
        configuration.limits.session.shopperBurstFramesMax = 1 << 30
        configuration.limits.turnBytesMax = Int.random(in: 1...100_000, using: &random)
        configuration.limits.writeCostBytes = Int.random(in: 1...8_000, using: &random)
    }

    /// What one message brings: now and then a page that moves its cursor between any two page frames.
    private static func message(of shopper: ShopperPeer, _ random: inout SplitMix64) -> [UInt8] {
        let isCrowded = Int.random(in: 0..<4, using: &random) == 0
        let largest = isCrowded ? 200 : [60, 4_000, 60_000].randomElement(using: &random) ?? 60
        var bytes: [UInt8] = []
        for number in 0..<Int.random(in: 1...(isCrowded ? 120 : 3), using: &random) {
            let isCursor = isCrowded ? number % 2 == 0 : Bool.random(using: &random)
            if isCursor {
                bytes += shopper.nextCursor()
            } else {
                let isKeyframe = Int.random(in: 0..<20, using: &random) == 0
                bytes += shopper.nextPage(
                    isKeyframe ? .keyframe : .delta, bytes: Int.random(in: 0...largest, using: &random))
            }
        }
        return bytes
    }

    /// Everybody sits somewhere: the first rep in every session, the others in one.
    private static func seats(
        _ rig: LoopsRig, _ shoppers: [ShopperPeer], _ random: inout SplitMix64
    ) throws -> [Held] {
        var seats: [Held] = []
        for number in 0..<5 {
            let rep = try RepPeer(
                rig, loop: Int.random(in: 0..<2, using: &random), receiveBytes: number % 2 == 0 ? 4_096 : nil)
            for (place, shopper) in shoppers.enumerated() where number == 0 || number % shoppers.count == place {
                let held = Held(rep: rep, shopper: shopper, wantsCursor: Int.random(in: 0..<3, using: &random) > 0)
                #expect(try rep.accept(shopper, cursor: held.wantsCursor).cursor == held.wantsCursor)
                seats.append(held)
            }
        }
        return seats
    }

    private static func isLast(_ frame: [UInt8], of shopper: ShopperPeer) -> Bool {
        frame.session == shopper.welcome.number && frame.kind?.lane == .page && frame.sequence == shopper.pageSequence
    }

    @Test(arguments: 1...16 as ClosedRange<UInt64>) func everySeatHasTheLastPageFrameInTheEnd(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let rig = try LoopsRig(loops: 2, socketSendBytes: 4_096) { Self.limits(&$0, &random) }
        defer { rig.stop() }
        let shoppers = try (0..<2).map { try ShopperPeer.live(rig, loop: $0) }
        let seats = try Self.seats(rig, shoppers, &random)
        for shopper in shoppers { try shopper.page(.keyframe) }
        for _ in 0..<60 {
            guard let shopper = shoppers.randomElement(using: &random) else { return }
            try shopper.peer.send(Self.message(of: shopper, &random))
            // A rep reads up to what has come by now, or lets it lie: its link stands still then.
            guard Int.random(in: 0..<6, using: &random) == 0, let seat = seats.randomElement(using: &random) else {
                continue
            }
            try seat.shopper.page(.keyframe)
            try seat.rep.peer.receivePage { Self.isLast($0, of: seat.shopper) }
        }
        // Who lost its base on the way has it again.
        for shopper in shoppers {
            for kind in [FrameKind.keyframe, .cursor, .delta] {
                try shopper.peer.send(kind == .cursor ? shopper.nextCursor() : shopper.nextPage(kind))
            }
        }
        for seat in seats {
            try seat.rep.peer.receivePage { Self.isLast($0, of: seat.shopper) }
            let frames = seat.rep.pages(of: seat.shopper)
            LoopsTests.expectWhole(
                frames.filter { $0.kind?.lane == .page }, of: seat.shopper.sent.filter { $0.kind?.lane == .page })
            let cursors = frames.filter { $0.kind == .cursor }.map(\.sequence)
            #expect(zip(cursors, cursors.dropFirst()).allSatisfy { $0 < $1 }, "SEED=\(seed)")
            #expect(seat.wantsCursor || cursors.isEmpty, "SEED=\(seed)")
        }
    }
}
