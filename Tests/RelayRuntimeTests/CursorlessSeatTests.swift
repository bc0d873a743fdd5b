import RelayCore
import Support
import Testing
import Wire

@testable import RelayRuntime

/// Seats that asked for no cursor, over real links: beside others, on another loop, and back after a break.
@Suite(.serialized) struct CursorlessSeatTests {
    /// Page and cursor frames in turn, the last of them a page frame.
    private static func send(_ count: Int, _ shopper: ShopperPeer) throws {
        for _ in 0..<count {
            try shopper.cursor()
            try shopper.page(.delta)
        }
    }

    private static func pages(_ frames: [[UInt8]]) -> [[UInt8]] { frames.filter { $0.kind?.lane == .page } }

    /// Everything up to the shopper's last page frame has come; answers the page frames of the session.
    private static func received(_ rep: RepPeer, _ shopper: ShopperPeer) throws -> [[UInt8]] {
        try rep.peer.receivePage { $0.kind?.lane == .page && $0.sequence == shopper.pageSequence }
        return rep.pages(of: shopper)
    }

    @Test(arguments: [0, 1]) func aSeatThatAskedForNoCursorGetsNone(loop: Int) throws {
        let rig = try LoopsRig(loops: 2)
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let (other, rep) = (try RepPeer(rig, loop: loop), try RepPeer(rig, loop: loop))
        #expect(try other.accept(shopper).cursor)
        try shopper.answerKeyframeRequest()
        try other.peer.receivePages(1)
        #expect(try !rep.accept(shopper, cursor: false).cursor)
        try Self.send(40, shopper)
        #expect(try Self.received(rep, shopper) == Self.pages(shopper.sent))
        let others = try Self.received(other, shopper)
        #expect(Self.pages(others) == Self.pages(shopper.sent))
        #expect(others.contains { $0.kind == .cursor })
    }

    @Test(arguments: [0, 1]) func aSeatThatComesBackStaysWithoutCursor(loop: Int) throws {
        let rig = try LoopsRig(loops: 2)
        defer { rig.stop() }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let first = try RepPeer(rig, loop: 0)
        try first.accept(shopper, cursor: false)
        try shopper.answerKeyframeRequest()
        try Self.send(5, shopper)
        let before = try Self.received(first, shopper)
        first.peer.drop()
        // The seat is as it was, whatever the rep says now.
        let back = try RepPeer(rig, loop: loop, token: first.token, seats: [first.seat(shopper)])
        try back.resumed()
        #expect(try !back.seated(shopper).cursor)
        try Self.send(5, shopper)
        let after = try Self.received(back, shopper)
        #expect(before + after == Self.pages(shopper.sent))
    }

    @Test func theRecordSaysWhichSeatIsWithoutAndRunsOverItsPageFrames() throws {
        let rig = try LoopsRig(loops: 1)
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let rep = try RepPeer(rig, loop: 0)
        try rep.accept(shopper, cursor: false)
        try shopper.answerKeyframeRequest()
        for _ in 0..<100 {
            // Each page frame is a turn of its own.
            try Self.send(1, shopper)
            _ = try Self.received(rep, shopper)
        }
        rig.stop()
        let lines = try rig.auditLines()
        let joined = try #require(lines.first { $0.contains(#""seat.joined""#) })
        #expect(joined.contains(#""data":{"seat":1,"rights":["view"],"without":["cursor"]}"#))
        let sent = lines.filter { $0.contains(#""seat.sent""#) }
        // At most one range a record, and together all of it.
        #expect(sent.allSatisfy { !$0.contains("],[") })
        #expect(sent.contains { $0.contains("[[1,") } && sent.contains { $0.contains(",201]]") })
    }
}
