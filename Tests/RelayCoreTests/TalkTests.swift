import Support
import Testing
import Wire

@testable import RelayCore

/// The talk lane's two halves over links that break: nothing is lost, nothing comes twice.
@Suite struct TalkTests {
    @Test func anythingUnacknowledgedIsKeptInOrder() {
        var sender = TalkSender()
        for byte in UInt8(1)...3 { #expect(sender.send(.consent, [byte])?.sequence == UInt32(byte)) }
        #expect(sender.acknowledged(2) == true)
        #expect(sender.kept.map(\.sequence) == [3])
        #expect(sender.acknowledged(1) == true, "an old number changes nothing")
        #expect(sender.kept.map(\.sequence) == [3])
        #expect(sender.acknowledged(4) == false, "so much was never sent")
    }

    @Test func whatDoesNotFitIsRefusedBeforeItHasANumber() {
        var sender = TalkSender()
        for _ in 0..<WireLimits.talkKeptCountMax { #expect(sender.send(.consent, []) != nil) }
        #expect(sender.send(.consent, []) == nil)
        #expect(sender.sent == UInt32(WireLimits.talkKeptCountMax))
        #expect(sender.acknowledged(1) == true)
        #expect(sender.send(.consent, [])?.sequence == UInt32(WireLimits.talkKeptCountMax) + 1)
        var large = TalkSender()
        let body = [UInt8](repeating: 0, count: WireLimits.talkBodyBytesMax)
        let count = WireLimits.talkKeptBytesMax / WireLimits.talkBodyBytesMax
        #expect(
            count * WireLimits.talkBodyBytesMax == WireLimits.talkKeptBytesMax && count < WireLimits.talkKeptCountMax)
        for _ in 0..<count { #expect(large.send(.consent, body) != nil) }
        #expect(large.send(.consent, [0]) == nil)
        #expect(large.acknowledged(1) == true)
        #expect(large.send(.consent, body) != nil)
    }

    @Test func overLinksThatBreakAnywhereEveryFrameArrivesOnceAndInOrder() {
        for seed in UInt64(0)..<200 {
            var random = SplitMix64(seed: seed)
            var (sender, receiver) = (TalkSender(), TalkReceiver())
            var (said, heard): ([UInt8], [UInt8]) = ([], [])
            var link: [TalkSender.Kept] = []
            for step in 0..<300 {
                switch Int.random(in: 0..<8, using: &random) {
                case 0..<3:
                    let byte = UInt8(truncatingIfNeeded: step)
                    if let frame = sender.send(.consent, [byte]) {
                        said.append(byte)
                        link.append(frame)
                    }
                case 3..<6:
                    guard !link.isEmpty else { continue }
                    let frame = link.removeFirst()
                    switch receiver.order(frame.sequence) {
                    case .next:
                        receiver.take(frame.sequence)
                        heard += frame.body
                    case .safe, .held: break
                    case .gap: Issue.record("a gap, seed \(seed)")
                    }
                case 6:
                    receiver.allIsSafe()
                    #expect(sender.acknowledged(receiver.acknowledged) == true)
                default:
                    // The link breaks; the acknowledgement that was on its way may have been lost with it.
                    #expect(sender.acknowledged(receiver.acknowledged) == true)
                    link = sender.kept
                }
            }
            #expect(sender.acknowledged(receiver.received) == true)
            heard += sender.kept.flatMap(\.body)
            #expect(heard == said, "seed \(seed)")
        }
    }
}
