import AuditCore
import Dispatch
import Glibc
import OpenSSH
import PairingCore
import Testing
import Wire

@testable import RelayRuntime

/// Bounds of the daemon, each at the limit and one past it.
@Suite(.serialized) struct RuntimeLimitTests {
    @Test func soManyLinksAreTakenAndNoMoreUntilOneLeaves() throws {
        let most = 2
        let rig = try LoopsRig(loops: 2) { $0.limits.linkCountMax = most }
        defer { rig.stop() }
        let links = try (0..<most).map { try ShopperPeer(rig, loop: $0 % 2) }
        for loop in 0..<2 {
            let error = #expect(throws: Peer.Fault.self) { try ShopperPeer(rig, loop: loop) }
            #expect(error?.description.contains("HTTP/1.1 503") == true)
        }
        links[0].peer.drop()
        // The loop hears of the end before long, and then there is room.
        let end = ContinuousClock.now + .seconds(Peer.patience)
        var back: ShopperPeer?
        while back == nil, ContinuousClock.now < end { back = try? ShopperPeer(rig, loop: 0) }
        #expect(back != nil)
        withExtendedLifetime(links) {}
    }

    /// The challenge is the first that waits for a link: what it takes is enough, and a byte less is not.
    @Test func soManyControlBytesWaitForALinkAndNoMore() throws {
        func challenge(_ most: Int?) throws -> (peer: Peer, frame: Frame?) {
            let rig = try LoopsRig(loops: 1) { if let most { $0.limits.controlPendingBytesMax = most } }
            defer { rig.stop() }
            let peer = try Peer(port: rig.ports[0], path: "/rep")
            try peer.upgraded()
            let frame = try? peer.receive(.challenge)
            if frame == nil { _ = try peer.closed() }
            return (peer, frame)
        }
        let first = try #require(try challenge(nil).frame)
        let size = SharedFrame(first.bytes).messageByteCount
        #expect(try challenge(size).frame?.body.count == first.body.count)
        let refused = try challenge(size - 1)
        #expect(refused.frame == nil && refused.peer.closeCode == CloseCode.tooSlow.rawValue)
    }

    /// Zeros are no frame; a message that is too long is not looked at.
    @Test func aShoppersMessageIsSoLongAndNoLonger() throws {
        let rig = try LoopsRig(loops: 1)
        defer { rig.stop() }
        for more in [0, 1] {
            let peer = try Peer(port: rig.ports[0], path: "/shopper", origin: LoopsRig.origin)
            try peer.upgraded()
            // The relay may be gone before it has taken the last of it.
            try? peer.send([UInt8](repeating: 0, count: WireLimits.messageBytesMax + more))
            let code = try peer.closed()
            #expect((code == CloseCode.tooLarge.rawValue) == (more == 1) && code != nil, "\(code ?? 0)")
        }
    }

    @Test func soManySignaturesWaitToBeCheckedAndNoMore() throws {
        let most = RuntimeLimits().loginQueueMax
        let (busy, hold) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let verifier = LoginVerifier(signers: AllowedSigners.read([]).signers, countMax: most) { _, _ in
            busy.signal()
            hold.wait()
        }
        defer {
            for _ in 0...most { hold.signal() }
            verifier.stop()
        }
        let nonce = [UInt8](repeating: 1, count: SSHLimits.nonceBytes)
        let challenge = try LoginChallenge(relay: "r", principal: "p", nonce: nonce, counterNonce: nonce)
        func submit(_ number: Int) -> Bool {
            verifier.submit(.init(link: RepKey(UInt64(number)), challenge: challenge, signature: []))
        }
        // One is being checked and waits no more.
        #expect(submit(0))
        busy.wait()
        for number in 1...most { #expect(submit(number)) }
        #expect(!submit(most + 1))
        hold.signal()
        busy.wait()
        #expect(submit(most + 1))
    }
}
