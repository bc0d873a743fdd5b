import AuditStore
import PairingCore
import RelayCore
import Testing
import Wire

@testable import RelayRuntime

/// The audit log fails while people are at work: what goes on, what ends, and who is told (`Protocol/audit-log.md`,
/// "Failure").
@Suite(.serialized) struct FailedAuditTests {
    private static func isUnrecorded(_ frame: Frame) -> Bool {
        switch frame.header.knownKind {
        case .watch: (try? Watch(body: frame.body).unrecorded) ?? false
        case .presence: (try? Presence(body: frame.body).unrecorded) ?? false
        default: false
        }
    }

    /// A session with a rep on its loop and one on the other, a second session where nobody sits, and a failed log.
    private static func scene(_ policy: AuditFailurePolicy) throws -> (LoopsRig, ShopperPeer, [RepPeer], ShopperPeer) {
        let rig = try LoopsRig(loops: 2) { $0.auditOnFailure = policy }
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let reps = try (0..<2).map { try RepPeer(rig, loop: $0) }
        for rep in reps { try rep.accept(shopper) }
        try shopper.answerKeyframeRequest()
        for rep in reps { try rep.peer.receivePages(1) }
        let waiting = try ShopperPeer.live(rig, loop: 1)
        rig.failAudit()
        return (rig, shopper, reps, waiting)
    }

    @Test(arguments: [AuditFailurePolicy.denyNew, .continue])
    func aSessionWithARepGoesOnAndEveryoneInItIsTold(_ policy: AuditFailurePolicy) throws {
        let (rig, shopper, reps, _) = try Self.scene(policy)
        defer { rig.stop() }
        _ = try shopper.peer.receive(.watch, where: Self.isUnrecorded)
        for rep in reps { _ = try rep.peer.receive(.presence, where: Self.isUnrecorded) }
        for _ in 0..<3 { try shopper.page(.delta) }
        for rep in reps {
            try rep.peer.receivePages(4)
            #expect(rep.peer.pages == shopper.sent)
        }
    }

    @Test func underDenyNewNothingNewBegins() throws {
        let (rig, shopper, reps, waiting) = try Self.scene(.denyNew)
        defer { rig.stop() }
        #expect(try waiting.peer.closed() == CloseCode.auditUnavailable.rawValue)
        _ = try shopper.peer.receive(.watch, where: Self.isUnrecorded)
        _ = try reps[1].peer.receive(.presence, where: Self.isUnrecorded)
        let stranger = try Peer(port: rig.ports[0], path: "/shopper", origin: LoopsRig.origin)
        try stranger.upgraded()
        try stranger.control(
            .hello, Hello(site: "demo", page: PageFacts(url: "https://shop.test/", title: "", language: "en")).body())
        #expect(try stranger.closed() == CloseCode.auditUnavailable.rawValue)
        // No seat, not even for one who is logged in; and no login.
        try reps[1].peer.control(.accept, Accept(session: shopper.welcome.session).body())
        #expect(try Refused(body: reps[1].peer.receive(.refused).body).why == .audit)
        #expect(throws: (any Error).self) { try RepPeer(rig, loop: 0) }
    }

    @Test func underDenyNewTheLastRepWhoLeavesEndsTheSession() throws {
        let (rig, shopper, reps, _) = try Self.scene(.denyNew)
        _ = try shopper.peer.receive(.watch, where: Self.isUnrecorded)
        try reps[0].peer.control(.leave, Leave(session: shopper.welcome.session).body())
        _ = try shopper.peer.receive(.watch) { (try? Watch(body: $0.body).reps.count) == 1 }
        try reps[1].peer.control(.leave, Leave(session: shopper.welcome.session).body())
        #expect(try End(body: shopper.peer.receive(.end).body).why == .relay)
        #expect(try shopper.peer.closed() == CloseCode.auditUnavailable.rawValue)
        // Both loops say that nothing runs any more, so the daemon can stop.
        rig.unrecorded.wait(for: 2, atMost: .seconds(Int64(Peer.patience)))
        #expect(rig.unrecorded.passedCount == 2)
        rig.stop()
    }

    @Test func underDenyNewAShopperWhoEndsIsToldSoAndNotOfTheLog() throws {
        let (rig, shopper, reps, _) = try Self.scene(.denyNew)
        defer { rig.stop() }
        _ = try shopper.peer.receive(.watch, where: Self.isUnrecorded)
        try shopper.peer.control(.end, End(why: .shopper).body())
        #expect(try shopper.peer.closed() == CloseCode.sessionEnded.rawValue)
        for rep in reps {
            let ended = try rep.peer.receive(.presence) { (try? Presence(body: $0.body).state) == .ended }
            #expect(try Presence(body: ended.body).why == .shopper)
        }
    }

    @Test func underDenyNewAShopperWhoLostTheLinkComesBackToTheSession() throws {
        let (rig, shopper, reps, _) = try Self.scene(.denyNew)
        defer { rig.stop() }
        _ = try reps[0].peer.receive(.presence, where: Self.isUnrecorded)
        shopper.peer.drop()
        let peer = try Peer(port: rig.ports[1], path: "/shopper", origin: LoopsRig.origin)
        try peer.upgraded()
        let page = PageFacts(url: "https://shop.test/", title: "", language: "en")
        try peer.control(.hello, Hello(site: "demo", page: page, resume: shopper.welcome.resume).body())
        #expect(try Welcome(body: peer.receive(.welcome).body).resumed)
        _ = try peer.receive(.watch, where: Self.isUnrecorded)
    }

    @Test func whatStillRunsWhenTheRelayStopsEndsForTheLogsSake() throws {
        let (rig, shopper, reps, _) = try Self.scene(.denyNew)
        _ = try shopper.peer.receive(.watch, where: Self.isUnrecorded)
        _ = try reps[0].peer.receive(.presence, where: Self.isUnrecorded)
        rig.stop()
        #expect(try End(body: shopper.peer.receive(.end).body).why == .relay)
        #expect(try shopper.peer.closed() == CloseCode.auditUnavailable.rawValue)
    }

    @Test func underEndSessionsAllEndWithWords() throws {
        let (rig, shopper, reps, waiting) = try Self.scene(.endSessions)
        defer { rig.stop() }
        #expect(try End(body: shopper.peer.receive(.end).body).why == .relay)
        for peer in [shopper.peer, waiting.peer] {
            #expect(try peer.closed() == CloseCode.auditUnavailable.rawValue)
        }
        for rep in reps {
            let ended = try rep.peer.receive(.presence) { (try? Presence(body: $0.body).state) == .ended }
            #expect(try Presence(body: ended.body).why == .relay)
        }
    }
}
