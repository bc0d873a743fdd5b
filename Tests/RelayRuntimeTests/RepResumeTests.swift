import PairingCore
import RelayCore
import Testing
import Wire

@testable import RelayRuntime

/// A rep's link breaks and comes back with its token, on the same loop or another, with the session here or there.
@Suite(.serialized) struct RepResumeTests {
    /// Loops of the session, of the rep's first link and of its second.
    @Test(arguments: [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0), (1, 0, 0)])
    func theSeatGoesOnAfterTheLastFrameWithoutAGapOrADouble(session: Int, first: Int, second: Int) throws {
        let rig = try LoopsRig(loops: 2)
        let shopper = try ShopperPeer.live(rig, loop: session)
        let rep = try RepPeer(rig, loop: first)
        try rep.accept(shopper)
        try shopper.answerKeyframeRequest()
        for _ in 0..<5 { try shopper.page(.delta) }
        try rep.peer.receivePages(6)
        rep.peer.drop()
        for kind in [FrameKind.delta, .keyframe, .delta, .delta] { try shopper.page(kind) }
        // The last two frames were on the wire when the link broke.
        let back = try RepPeer(rig, loop: second, token: rep.token, seats: [rep.seat(shopper, missed: 2)])
        try back.resumed()
        _ = try back.peer.receive(.seated) { $0.header.session == shopper.welcome.number }
        try shopper.page(.delta)
        try back.peer.receivePage { $0.sequence == shopper.pageSequence }
        #expect(back.peer.pages == Array(shopper.sent.dropFirst(4)))
        try shopper.peer.control(.end, End(why: .shopper).body())
        _ = try back.peer.receive(.presence)
        rig.stop()
        let log = try rig.auditLines()
        func count(_ event: String, _ detail: String = "") -> Int {
            log.count { $0.contains("\"\(event)\"") && $0.contains(detail) }
        }
        #expect(count("ticket.accepted") == 1)
        #expect(count("seat.joined") == 1)
        #expect(count("seat.lost") == 1)
        #expect(count("seat.back") == 1)
        #expect(count("seat.left") == 1)
        #expect(count("login.accepted", "sshsig") == 1)
        #expect(count("login.accepted", "resume") == 1)
    }

    @Test func aLinkThatStillLooksAliveIsReplaced() throws {
        for (first, second) in [(0, 0), (0, 1), (1, 1), (1, 0)] {
            let rig = try LoopsRig(loops: 2)
            defer { rig.stop() }
            let shopper = try ShopperPeer.live(rig, loop: 0)
            let rep = try RepPeer(rig, loop: first)
            try rep.accept(shopper)
            try shopper.answerKeyframeRequest()
            try rep.peer.receivePages(1)
            let back = try RepPeer(rig, loop: second, token: rep.token, seats: [rep.seat(shopper)])
            try back.resumed()
            _ = try back.peer.receive(.seated)
            #expect(try rep.peer.closed() == CloseCode.replaced.rawValue)
            for _ in 0..<3 { try shopper.page(.delta) }
            try back.peer.receivePages(3)
            #expect(back.peer.pages == Array(shopper.sent.dropFirst()))
        }
    }

    @Test func breaksInARowLoseAndDoubleNothing() throws {
        let rig = try LoopsRig(loops: 2)
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        var rep = try RepPeer(rig, loop: 1)
        try rep.accept(shopper)
        try shopper.answerKeyframeRequest()
        try rep.peer.receivePages(1)
        var applied = rep.peer.pages
        for turn in 0..<8 {
            let last = FrameMark(sequence: UInt32(applied.count), captureTime: 1)
            if turn % 2 == 0 { rep.peer.drop() }
            for _ in 0...turn { try shopper.page(.delta) }
            let back = try RepPeer(
                rig, loop: turn / 2 % 2, token: rep.token,
                seats: [.init(session: shopper.welcome.session, last: last)])
            try back.resumed()
            _ = try back.peer.receive(.seated)
            try back.peer.receivePages(shopper.sent.count - applied.count)
            applied += back.peer.pages
            #expect(applied == shopper.sent, "turn \(turn)")
            rep = back
        }
    }

    @Test func aRingThatWasOverrunMeansAKeyframe() throws {
        let rig = try LoopsRig(loops: 2) { $0.limits.session.ringFrameCountMax = 8 }
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let rep = try RepPeer(rig, loop: 1)
        try rep.accept(shopper)
        try shopper.answerKeyframeRequest()
        try rep.peer.receivePages(1)
        rep.peer.drop()
        for number in 0..<20 { try shopper.page(number == 17 ? .keyframe : .delta) }
        try shopper.synced()
        let back = try RepPeer(rig, loop: 1, token: rep.token, seats: [rep.seat(shopper)])
        try back.resumed()
        try back.peer.receivePages(3)
        #expect(back.peer.pages == Array(shopper.sent.suffix(3)))
    }

    @Test func aSeatThatWasGivenUpMeanwhileIsRefusedAndTheLinkGoesOn() throws {
        let rig = try LoopsRig(loops: 2)
        defer { rig.stop() }
        let (shopper, gone) = (try ShopperPeer.live(rig, loop: 0), try ShopperPeer.live(rig, loop: 1))
        let rep = try RepPeer(rig, loop: 1)
        for one in [shopper, gone] {
            try rep.accept(one)
            try one.answerKeyframeRequest()
        }
        try rep.peer.receivePages(2)
        rep.peer.drop()
        try gone.peer.control(.end, End(why: .shopper).body())
        _ = try gone.peer.closed()
        let waiting = try ShopperPeer.live(rig, loop: 0)
        let back = try RepPeer(
            rig, loop: 0, token: rep.token,
            seats: [rep.seat(gone), .init(session: waiting.welcome.session, last: nil), rep.seat(shopper)])
        try back.resumed()
        for one in [gone, waiting] {
            let refused = try Refused(body: try back.peer.receive(.refused).body)
            #expect(refused.what == "resume" && refused.session == one.welcome.session && refused.why == .unknown)
        }
        _ = try back.peer.receive(.seated) { $0.header.session == shopper.welcome.number }
        try back.accept(waiting)
    }

    @Test func aSpentTokenIsRefusedOnRecordAndAKeyLogsInAfterAnUnknownOne() throws {
        let rig = try LoopsRig(loops: 2)
        let rep = try RepPeer(rig, loop: 1)
        rep.peer.drop()
        let back = try RepPeer(rig, loop: 0, token: rep.token, seats: [])
        try back.resumed()
        #expect(back.token != rep.token)
        let copy = try RepPeer(rig, loop: 1, token: rep.token, seats: [])
        #expect(try copy.peer.closed() == CloseCode.loginRefused.rawValue)
        let forged = String(back.token.prefix(17)) + String(repeating: "0", count: 64)
        let thief = try RepPeer(rig, loop: 1, token: forged, seats: [])
        #expect(try thief.peer.closed() == CloseCode.loginRefused.rawValue)
        for token in ["", "00000000000000ff." + String(repeating: "0", count: 64)] {
            let late = try RepPeer(rig, loop: 0, token: token, seats: [])
            let refused = try Refused(body: try late.peer.receive(.refused).body)
            #expect(refused.what == "resume" && refused.session == nil)
            try late.login(rig, try #require(late.challenge))
        }
        rig.stop()
        let log = try rig.auditLines()
        #expect(log.count { $0.contains(#""login.refused""#) && $0.contains(#""spent""#) } == 1)
        #expect(log.count { $0.contains(#""login.refused""#) && $0.contains(#""token""#) } == 1)
    }

    @Test func aSeatThatNobodyComesBackForIsLeftAfterTheGrace() throws {
        let rig = try LoopsRig(loops: 2) {
            $0.limits.pairing.seatGraceDurationMax = .milliseconds(400)
            $0.limits.session.lostSeatWatchDurationMax = .milliseconds(100)
        }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let rep = try RepPeer(rig, loop: 1)
        try rep.accept(shopper)
        try shopper.answerKeyframeRequest()
        try rep.peer.receivePages(1)
        rep.peer.drop()
        try shopper.watched(false)
        // The ticket waits again: the shopper is told its place.
        _ = try shopper.peer.receive(.place)
        let late = try RepPeer(rig, loop: 1, token: rep.token, seats: [rep.seat(shopper)])
        #expect(try Refused(body: try late.peer.receive(.refused).body).session == nil)
        rig.stop()
        let log = try rig.auditLines()
        #expect(log.count { $0.contains(#""seat.lost""#) } == 1)
        #expect(log.count { $0.contains(#""seat.left""#) && $0.contains(#""lost""#) } == 1)
    }

    @Test func aKeptSeatDoesNotKeepItsRepOut() throws {
        for loop in 0...1 {
            let rig = try LoopsRig(loops: 2) { $0.limits.session.seatCountMax = 1 }
            defer { rig.stop() }
            let shopper = try ShopperPeer.live(rig, loop: 0)
            let rep = try RepPeer(rig, loop: loop)
            try rep.accept(shopper)
            try shopper.answerKeyframeRequest()
            try rep.peer.receivePages(1)
            rep.peer.drop()
            let again = try RepPeer(rig, loop: 1 - loop)
            _ = try again.peer.receive(.queue) { (try? Queue(body: $0.body).tickets.first?.mine) == true }
            try again.accept(shopper)
            try shopper.answerKeyframeRequest()
            try again.peer.receivePages(1)
            #expect(again.peer.pages == Array(shopper.sent.suffix(1)))
        }
    }

    @Test func aRepWhoLogsInWithItsKeyInsteadHasANewSeatForTheOldOne() throws {
        let rig = try LoopsRig(loops: 2)
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let rep = try RepPeer(rig, loop: 1)
        try rep.accept(shopper)
        try shopper.answerKeyframeRequest()
        try rep.peer.receivePages(1)
        rep.peer.drop()
        let again = try RepPeer(rig, loop: 0)
        _ = try again.peer.receive(.queue) { (try? Queue(body: $0.body).tickets.first?.mine) == true }
        try again.accept(shopper)
        try again.peer.receivePages(1)
        #expect(again.peer.pages == shopper.sent)
        try again.leave(shopper)
        try shopper.watched(false)
        rig.stop()
        let log = try rig.auditLines()
        #expect(log.count { $0.contains(#""seat.joined""#) } == 2)
        #expect(log.count { $0.contains(#""seat.left""#) && $0.contains(#""lost""#) } == 1)
        #expect(log.count { $0.contains(#""seat.left""#) && $0.contains(#""left""#) } >= 1)
    }
}
