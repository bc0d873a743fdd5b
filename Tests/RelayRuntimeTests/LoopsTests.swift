import Dispatch
import RelayCore
import Support
import Testing
import Wire

@testable import RelayRuntime

/// Several loops: shoppers and reps on real links, each landed on the loop that the test chose.
@Suite(.serialized) struct LoopsTests {
    @Test(arguments: [2, 4]) func aRepOnAnotherLoopSeesTheSameBytesInOrder(count: Int) throws {
        let rig = try LoopsRig(loops: count)
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: count - 1)
        let reps = try (0..<count).map { try RepPeer(rig, loop: $0) }
        try reps[0].accept(shopper)
        try shopper.answerKeyframeRequest()
        try reps[0].peer.receivePages(1)
        for rep in reps.dropFirst() { try rep.accept(shopper) }
        for number in 0..<60 { try shopper.page(number % 20 == 19 ? .keyframe : .delta, bytes: 10 + number * 40) }
        for rep in reps {
            try rep.peer.receivePage { $0.sequence == shopper.pageSequence }
            #expect(rep.peer.pages == shopper.sent)
        }
        // Every frame once for each other loop, however many seats; the keyframe again for none.
        #expect(rig.handedOver == (0..<count).map { $0 == count - 1 ? 0 : 61 })
    }

    @Test func seatsOfOneLoopShareOneHandOver() throws {
        let rig = try LoopsRig(loops: 2)
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let reps = try (0..<5).map { _ in try RepPeer(rig, loop: 1) }
        try reps[0].accept(shopper)
        try shopper.answerKeyframeRequest()
        try reps[0].peer.receivePages(1)
        for rep in reps.dropFirst() { try rep.accept(shopper) }
        for _ in 0..<30 { try shopper.page(.delta) }
        for rep in reps {
            try rep.peer.receivePages(31)
            #expect(rep.peer.pages == shopper.sent)
        }
        #expect(rig.handedOver == [0, 31])
    }

    @Test func aMirrorBeginsWithTheNewestKeyframe() throws {
        let rig = try LoopsRig(loops: 2)
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let (first, late) = (try RepPeer(rig, loop: 0), try RepPeer(rig, loop: 1))
        try first.accept(shopper)
        try shopper.answerKeyframeRequest()
        for kind in [FrameKind.delta, .keyframe, .delta, .delta] { try shopper.page(kind) }
        try first.peer.receivePages(5)
        try late.accept(shopper)
        try late.peer.receivePages(3)
        #expect(late.peer.pages == Array(shopper.sent.suffix(3)))
        try shopper.page(.delta)
        try late.peer.receivePages(4)
        #expect(late.peer.pages == Array(shopper.sent.suffix(4)))
    }

    @Test func aShopperWhoComesBackOnAnotherLoopGoesOn() throws {
        let rig = try LoopsRig(loops: 4)
        defer { rig.stop() }
        let first = try ShopperPeer.live(rig, loop: 1)
        let reps = try [RepPeer(rig, loop: 0), RepPeer(rig, loop: 1)]
        for rep in reps { try rep.accept(first) }
        try first.answerKeyframeRequest()
        for rep in reps { try rep.peer.receivePages(1) }
        first.peer.drop()
        for rep in reps { _ = try rep.peer.receive(.presence) { Self.state($0) == .away } }
        let back = try ShopperPeer(rig, loop: 2, resume: first.welcome.resume)
        #expect(back.welcome.resumed)
        #expect(back.welcome.session == first.welcome.session)
        #expect(back.welcome.consented)
        try back.watched(true)
        try back.answerKeyframeRequest()
        for _ in 0..<20 { try back.page(.delta, bytes: 900) }
        for rep in reps {
            _ = try rep.peer.receive(.presence) { Self.state($0) == .live }
            try rep.peer.receivePages(22)
            #expect(Array(rep.peer.pages.dropFirst()) == back.sent)
        }
        // A third time, on yet another loop, while the second link is still there: that one is replaced.
        let third = try ShopperPeer(rig, loop: 3, resume: back.welcome.resume)
        #expect(third.welcome.resumed)
        #expect(try back.peer.closed() == CloseCode.replaced.rawValue)
        try third.peer.control(.end, End(why: .shopper).body())
        #expect(try third.peer.closed() == CloseCode.sessionEnded.rawValue)
        for rep in reps { _ = try rep.peer.receive(.presence) { Self.state($0) == .ended } }
    }

    @Test func aShoppersFaultOnAnotherLoopClosesItsLink() throws {
        let rig = try LoopsRig(loops: 2)
        defer { rig.stop() }
        let first = try ShopperPeer.live(rig, loop: 0)
        first.peer.drop()
        let back = try ShopperPeer(rig, loop: 1, resume: first.welcome.resume)
        try back.page(.delta)
        #expect(try back.peer.closed() == CloseCode.outOfOrder.rawValue)
    }

    @Test func aRepWhoLeavesOrDiesOnAnotherLoopIsMissedAndCanComeBack() throws {
        let rig = try LoopsRig(loops: 2) { $0.limits.session.lostSeatWatchDurationMax = .milliseconds(100) }
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let rep = try RepPeer(rig, loop: 1)
        try rep.accept(shopper)
        try shopper.answerKeyframeRequest()
        try rep.peer.receivePages(1)
        try rep.leave(shopper)
        try shopper.watched(false)
        try rep.accept(shopper)
        try shopper.watched(true)
        // The ring went with the last seat: nothing old is shown.
        try shopper.answerKeyframeRequest()
        try rep.peer.receivePages(2)
        #expect(rep.peer.pages == shopper.sent)
        rep.peer.drop()
        try shopper.watched(false)
        let again = try RepPeer(rig, loop: 1)
        try again.accept(shopper)
        try shopper.answerKeyframeRequest()
        try again.peer.receivePages(1)
        #expect(again.peer.pages == [shopper.sent[2]])
        try again.peer.control(.end, session: shopper.welcome.number, End(why: .rep).body())
        #expect(try shopper.peer.closed() == CloseCode.sessionEnded.rawValue)
    }

    @Test func aLoopThatStandsStillDelaysNobodyElseAndGoesOnAtAKeyframe() throws {
        let rig = try LoopsRig(loops: 2) { $0.limits.loopMailBytesMax = 256 << 10 }
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let (near, far) = (try RepPeer(rig, loop: 0), try RepPeer(rig, loop: 1))
        try near.accept(shopper)
        try far.accept(shopper)
        try shopper.answerKeyframeRequest()
        try far.peer.receivePages(1)
        let holder = try Peer(port: rig.ports[1], path: "/hold")
        rig.held.wait()
        // Four times what may wait for the loop.
        for _ in 0..<32 { try shopper.page(.delta, bytes: 32 << 10) }
        try near.peer.receivePages(33)
        #expect(near.peer.pages == shopper.sent)
        rig.hold.signal()
        // The session asks for a keyframe for the loop that lost frames.
        try shopper.answerKeyframeRequest()
        try shopper.page(.delta)
        try far.peer.receivePage { $0.sequence == shopper.pageSequence }
        #expect(far.peer.pages.count < shopper.sent.count)
        Self.expectWhole(far.peer.pages, of: shopper.sent)
        _ = holder
    }

    @Test func aSeatThatStandsStillLeavesForSlownessOnRecordOnEitherLoop() throws {
        let rig = try LoopsRig(loops: 2) { $0.limits.session.seatStalledDurationMax = .milliseconds(200) }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let healthy = try RepPeer(rig, loop: 1)
        let slow = try (0..<2).map { try RepPeer(rig, loop: $0) }
        for rep in [healthy] + slow { try rep.accept(shopper) }
        try shopper.answerKeyframeRequest()
        // More than the sockets of a peer that does not read can hold, less than the shopper's burst.
        for count in 2...61 {
            try shopper.page(.delta, bytes: 60 << 10)
            // Read as it comes: a peer that let its socket fill up would be slow as well.
            try healthy.peer.receivePages(count)
        }
        _ = try shopper.peer.receive(.watch) { frame in (try? Watch(body: frame.body).reps.count) == 1 }
        for rep in slow { #expect(try rep.peer.closed() == CloseCode.tooSlow.rawValue) }
        #expect(healthy.peer.pages == shopper.sent)
        rig.stop()
        let log = try rig.auditLines()
        #expect(log.count { $0.contains(#""seat.left""#) && $0.contains(#""slow""#) } == 2)
        #expect(log.count { $0.contains(#""seat.left""#) && $0.contains(#""ended""#) } == 1)
    }

    @Test func aSessionTakesAsManySeatsAsItMayAndRefusesOnePastIt() throws {
        let rig = try LoopsRig(loops: 2) { $0.limits.session.seatCountMax = 3 }
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let reps = try (0..<4).map { try RepPeer(rig, loop: $0 % 2) }
        for rep in reps.prefix(3) { try rep.accept(shopper) }
        try reps[3].peer.control(.accept, Accept(session: shopper.welcome.session).body())
        #expect(try Refused(body: reps[3].peer.receive(.refused).body).why == .full)
    }

    /// What the benchmark of the log's cost starts: the same relay, with nothing of single frames on record.
    @Test(arguments: [true, false]) func withoutProofsFramesFlowAndOnlyTheyAreNotOnRecord(provesFrames: Bool) throws {
        let rig = try LoopsRig(loops: 2, provesFrames: provesFrames)
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let reps = try (0..<2).map { try RepPeer(rig, loop: $0) }
        try reps[0].accept(shopper)
        try shopper.answerKeyframeRequest()
        try reps[0].peer.receivePages(1)
        try reps[1].accept(shopper)
        for _ in 0..<30 { try shopper.page(.delta) }
        for rep in reps {
            try rep.peer.receivePages(31)
            #expect(rep.peer.pages == shopper.sent)
        }
        rig.stop()
        let log = try rig.auditLines()
        for kind in ["session.opened", "consent.given", "seat.joined", "seat.left", "session.ended"] {
            #expect(log.contains { $0.contains("\"\(kind)\"") }, "\(kind) is on record")
        }
        for kind in ["frames.hashed", "seat.sent"] {
            #expect(log.contains { $0.contains("\"\(kind)\"") } == provesFrames, "\(kind)")
        }
    }

    @Test func theDrainEndsEverySessionOnRecordOnAllLoops() throws {
        let rig = try LoopsRig(loops: 4)
        let shoppers = try (0..<4).map { try ShopperPeer.live(rig, loop: $0) }
        let reps = try (0..<4).map { try RepPeer(rig, loop: $0) }
        for shopper in shoppers {
            for rep in reps { try rep.accept(shopper) }
            try shopper.answerKeyframeRequest()
        }
        for rep in reps { try rep.peer.receivePages(4) }
        rig.stop()
        for shopper in shoppers { #expect(try shopper.peer.closed() == CloseCode.relayStopping.rawValue) }
        for rep in reps { #expect(try rep.peer.closed() == CloseCode.relayStopping.rawValue) }
        let log = try rig.auditLines()
        #expect(log.count { $0.contains(#""session.ended""#) } == 4)
        #expect(log.count { $0.contains(#""seat.left""#) && $0.contains(#""ended""#) } == 16)
    }

    @Test func twoHundredSessionsOverFourLoopsWithJoinsAndLeaves() throws {
        let rig = try LoopsRig(loops: 4) { $0.limits.session.seatCountMax = 64 }
        defer { rig.stop() }
        var random = SplitMix64(seed: 42)
        var shoppers: [ShopperPeer] = []
        // Each rep link holds the seats of many sessions; two on each loop.
        let reps = try (0..<16).map { (try RepPeer(rig, loop: $0 % 4), $0 % 4) }
        var seats: [[Int]] = []
        for number in 0..<200 {
            // Taken before the next one comes: nobody is told a place in a long queue.
            let shopper = try ShopperPeer.live(rig, loop: number % 4)
            shoppers.append(shopper)
            let first = number % 16
            let second = (first + 1 + Int.random(in: 0..<15, using: &random)) % 16
            try reps[first].0.accept(shopper)
            try shopper.answerKeyframeRequest()
            seats.append([first])
            // A rep link has room for 32 seats.
            if seats.count(where: { $0.contains(second) }) < 30 {
                try reps[second].0.accept(shopper)
                seats[number].append(second)
            }
        }
        for _ in 0..<400 {
            let number = Int.random(in: 0..<200, using: &random)
            try shoppers[number].page(.delta, bytes: Int.random(in: 1...600, using: &random))
            if seats[number].count == 2, Int.random(in: 0..<4, using: &random) == 0 {
                try reps[seats[number].removeLast()].0.leave(shoppers[number])
            }
        }
        for (number, shopper) in shoppers.enumerated() {
            for rep in seats[number] {
                try reps[rep].0.peer.receivePage {
                    $0.session == shopper.welcome.number && $0.sequence == shopper.pageSequence
                }
            }
        }
        for (rep, _) in reps {
            for shopper in shoppers { Self.expectWhole(rep.pages(of: shopper), of: shopper.sent) }
        }
        // From here on nobody joins or leaves: each frame goes once to each other loop that has a seat.
        let before = rig.handedOver
        var expected = before
        for (number, shopper) in shoppers.enumerated() {
            try shopper.page(.keyframe)
            for loop in Set(seats[number].map { reps[$0].1 }) where loop != number % 4 { expected[loop] += 1 }
        }
        for (number, shopper) in shoppers.enumerated() {
            for rep in seats[number] {
                try reps[rep].0.peer.receivePage {
                    $0.session == shopper.welcome.number && $0.sequence == shopper.pageSequence
                }
            }
        }
        #expect(rig.handedOver == expected)
    }

    private static func state(_ frame: Frame) -> SessionState? { try? Presence(body: frame.body).state }

    /// What a rep was sent is what the shopper sent: in order, never twice, and after a hole at a keyframe.
    static func expectWhole(_ received: [[UInt8]], of sent: [[UInt8]]) {
        var last: Int?
        for frame in received {
            guard let index = sent.firstIndex(of: frame) else {
                Issue.record("a frame that the shopper never sent")
                return
            }
            let isNext = last.map { index == $0 + 1 } ?? false
            #expect(isNext || (frame.kind == .keyframe && index > last ?? -1), "frame \(index) after \(last ?? -1)")
            last = index
        }
    }
}
