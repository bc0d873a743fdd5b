import Support
import Testing
import Wire

@testable import RelayCore

@Suite struct FrameRingTests {
    let now = Instant(nanoseconds: 1)

    private func append(_ ring: FrameRing, _ kind: FrameKind = .delta, body: Int = 66) -> UInt64 {
        ring.append(World.frame(kind.rawValue, sequence: 1, body: body).1, kind: kind, now: self.now)
    }

    @Test func framesAreNumberedFromOne() {
        let ring = FrameRing(bytesMax: 1000, countMax: 10)
        #expect(ring.count == 0)
        #expect(ring.byteCount == 0)
        #expect((0..<3).map { _ in self.append(ring) } == [1, 2, 3])
        #expect(ring.first == 1)
        #expect(ring.next == 4)
    }

    @Test func aMessageOfNinetyBytesOfFrameHoldsNinetyTwo() {
        let ring = FrameRing(bytesMax: 1000, countMax: 10)
        _ = self.append(ring)
        #expect(ring.byteCount == 92)
    }

    @Test func theCountIsKeptAtItsLimitAndOnePastItTheOldestLeaves() {
        let ring = FrameRing(bytesMax: 1 << 20, countMax: 10)
        for _ in 0..<10 { _ = self.append(ring) }
        #expect(ring.count == 10)
        #expect(ring.first == 1)
        _ = self.append(ring)
        #expect(ring.count == 10)
        #expect(ring.first == 2)
    }

    @Test func theBytesAreKeptAtTheirLimitAndOnePastItTheOldestLeaves() {
        let full = FrameRing(bytesMax: 276, countMax: 100)
        for _ in 0..<3 { _ = self.append(full) }
        #expect(full.first == 1)
        #expect(full.byteCount == 276)
        let past = FrameRing(bytesMax: 275, countMax: 100)
        for _ in 0..<3 { _ = self.append(past) }
        #expect(past.first == 2)
        #expect(past.byteCount == 184)
    }

    @Test func oneLargeFrameMayPushOutAllOthersAndStaysAlone() {
        let ring = FrameRing(bytesMax: 500, countMax: 100)
        for _ in 0..<5 { _ = self.append(ring) }
        #expect(self.append(ring, body: 470) == 6)
        #expect(ring.count == 1)
        #expect(ring.first == 6)
        #expect(self.append(ring) == 7)
        #expect(ring.count == 1)
    }

    @Test func theNewestKeyframeIsKnownUntilItLeaves() {
        let ring = FrameRing(bytesMax: 1 << 20, countMax: 3)
        #expect(ring.newestKeyframe == nil)
        _ = self.append(ring, .keyframe)
        _ = self.append(ring)
        #expect(ring.newestKeyframe == 1)
        _ = self.append(ring, .keyframe)
        #expect(ring.newestKeyframe == 3)
        for _ in 0..<2 { _ = self.append(ring) }
        #expect(ring.newestKeyframe == 3)
        _ = self.append(ring)
        #expect(ring.newestKeyframe == nil)
    }

    @Test func theNewestCursorIsTheLastOne() {
        let ring = FrameRing(bytesMax: 1 << 20, countMax: 8)
        #expect(ring.newestCursor == 0)
        _ = self.append(ring, .cursor)
        _ = self.append(ring, .cursor)
        _ = self.append(ring)
        #expect(ring.newestCursor == 2)
    }

    @Test func aClearedRingIsEmptyAndNumbersOn() {
        let ring = FrameRing(bytesMax: 1000, countMax: 10)
        for _ in 0..<3 { _ = self.append(ring, .keyframe) }
        ring.clear()
        #expect(ring.count == 0)
        #expect(ring.byteCount == 0)
        #expect(ring.newestKeyframe == nil)
        #expect(ring.bytes(from: 1) == 0)
        #expect(self.append(ring) == 4)
        #expect(ring.bytes(from: 1) == 92)
    }

    @Test func aFrameIsFreedWhenItLeavesAndWhenTheRingGoes() {
        var ring: FrameRing? = FrameRing(bytesMax: 1000, countMax: 1)
        weak var first: SharedFrame?
        weak var second: SharedFrame?
        do {
            let frames = (World.frame(0x11, sequence: 1).1, World.frame(0x11, sequence: 2).1)
            first = frames.0
            second = frames.1
            _ = ring?.append(frames.0, kind: .delta, now: self.now)
            _ = ring?.append(frames.1, kind: .delta, now: self.now)
        }
        #expect(first == nil)
        #expect(second != nil)
        ring = nil
        #expect(second == nil)
    }

    @Test(arguments: [UInt64](1...30)) func theRingIsAnArrayWhoseOldestLeave(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytesMax = Int.random(in: 100...20_000, using: &random)
        let countMax = Int.random(in: 1...200, using: &random)
        let ring = FrameRing(bytesMax: bytesMax, countMax: countMax)
        var naive: [(index: UInt64, kind: FrameKind, bytes: Int)] = []
        for index in UInt64(1)...600 {
            let kind = [FrameKind.keyframe, .delta, .delta, .scroll, .cursor, .cursor].randomElement(using: &random)
            let bytes = Int.random(in: 0...64, using: &random)
            #expect(self.append(ring, kind ?? .delta, body: bytes) == index)
            naive.append((index, kind ?? .delta, bytes + 26))
            while naive.count > 1, naive.count > countMax || naive.reduce(0, { $0 + $1.bytes }) > bytesMax {
                naive.removeFirst()
            }
            #expect(ring.first == naive.first?.index)
            #expect(ring.byteCount == naive.reduce(0) { $0 + $1.bytes })
            #expect(ring.newestKeyframe == naive.last { $0.kind == .keyframe }?.index)
            let place = Int.random(in: 0..<naive.count, using: &random)
            #expect(ring.slot(naive[place].index).kind == naive[place].kind)
            #expect(ring.bytes(from: naive[place].index) == naive[place...].reduce(0) { $0 + $1.bytes })
        }
    }

    @Test func anIndexOutsideTheRingTraps() async {
        await #expect(processExitsWith: .failure) {
            _ = FrameRing(bytesMax: 1000, countMax: 10).slot(1)
        }
    }
}
