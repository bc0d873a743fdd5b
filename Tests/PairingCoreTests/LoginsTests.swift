import PairingCore
import Testing
import Wire

@Suite struct LoginsTests {
    private static let link = RepKey(1)
    private static let home = Logins.AddressKey(0x7F00_0001)
    private static let nonce = Array(repeating: UInt8(1), count: 32)
    private static let verified = Logins.Verdict.verified(principal: "alice", fingerprint: "SHA256:x")

    private static func claim(
        nonce: [UInt8] = Self.nonce, counterNonce: [UInt8] = Array(repeating: 2, count: 32),
        relay: String = "wss://relay.example"
    ) -> Logins.Claim {
        Logins.Claim(
            principal: "alice", nonce: nonce, counterNonce: counterNonce, relay: relay, signature: [1, 2, 3])
    }

    private static func challenged() -> Logins {
        var logins = Logins(relayNames: ["wss://relay.example", "ws://127.0.0.1:7000"], limits: PairingLimits())
        #expect(
            logins.linkOpened(Self.link, from: Self.home, nonce: Self.nonce, now: at(0))
                == [.challenge(Self.link, nonce: Self.nonce)])
        return logins
    }

    @Test func aVerifiedRepIsAdmitted() {
        var logins = Self.challenged()
        #expect(logins.loginReceived(Self.link, Self.claim(), now: at(1)) == [.verify(Self.link, Self.claim())])
        #expect(
            logins.verdictReached(Self.link, Self.verified, now: at(2))
                == [.admit(Self.link, principal: "alice", fingerprint: "SHA256:x")])
        #expect(logins.count == 0)
        #expect(logins.verdictReached(Self.link, Self.verified, now: at(2)) == [])
    }

    @Test func aChallengeIsUsedOnce() {
        var logins = Self.challenged()
        _ = logins.loginReceived(Self.link, Self.claim(), now: at(1))
        #expect(logins.loginReceived(Self.link, Self.claim(), now: at(1)) == [.refuse(Self.link, .repeated)])
        #expect(logins.verdictReached(Self.link, Self.verified, now: at(2)) == [])
        #expect(logins.loginReceived(Self.link, Self.claim(), now: at(3)) == [.refuse(Self.link, .repeated)])
    }

    @Test func whatIsNotThisLinksOrThisRelaysIsRefused() {
        let table: [(Logins.Claim, Logins.Refusal)] = [
            (Self.claim(nonce: Array(repeating: 9, count: 32)), .foreignNonce), (Self.claim(nonce: []), .foreignNonce),
            (Self.claim(counterNonce: [1]), .malformed), (Self.claim(relay: "wss://evil.example"), .foreignRelay),
            (Self.claim(relay: "WSS://relay.example"), .foreignRelay), (Self.claim(relay: ""), .foreignRelay),
        ]
        for (claim, refusal) in table {
            var logins = Self.challenged()
            #expect(logins.loginReceived(Self.link, claim, now: at(1)) == [.refuse(Self.link, refusal)])
            #expect(logins.loginReceived(Self.link, Self.claim(), now: at(1)) == [.refuse(Self.link, .repeated)])
        }
    }

    @Test func anotherLinksNonceIsForeign() {
        var logins = Self.challenged()
        let other = RepKey(2)
        _ = logins.linkOpened(other, from: Self.home, nonce: Array(repeating: 5, count: 32), now: at(0))
        #expect(logins.loginReceived(other, Self.claim(), now: at(1)) == [.refuse(other, .foreignNonce)])
    }

    @Test func aChallengeLivesThirtySeconds() {
        var logins = Self.challenged()
        #expect(logins.nextDeadline == at(30))
        #expect(logins.deadlinePassed(now: at(29)) == [])
        var late = logins
        #expect(late.loginReceived(Self.link, Self.claim(), now: at(30)) == [.refuse(Self.link, .late)])
        #expect(logins.deadlinePassed(now: at(30)) == [.refuse(Self.link, .late)])
        #expect(logins.nextDeadline == nil)
    }

    @Test func aLinkThatWentAwayGetsNoVerdict() {
        var logins = Self.challenged()
        _ = logins.loginReceived(Self.link, Self.claim(), now: at(1))
        logins.linkClosed(Self.link)
        #expect(logins.verdictReached(Self.link, Self.verified, now: at(2)) == [])
    }

    @Test func aVerdictForAnotherPrincipalAdmitsNobody() {
        var logins = Self.challenged()
        _ = logins.loginReceived(Self.link, Self.claim(), now: at(1))
        let actions = logins.verdictReached(
            Self.link, .verified(principal: "root", fingerprint: "SHA256:x"), now: at(1))
        #expect(actions == [.refuse(Self.link, .notVerified("the verdict is another principal's"))])
    }

    /// Fails one login of link `number` and returns what its opening brought.
    private static func fail(
        _ logins: inout Logins, _ number: UInt64, from address: Logins.AddressKey, now: Instant
    )
        -> [Logins.Action]
    {
        let link = RepKey(number)
        let opened = logins.linkOpened(link, from: address, nonce: Self.nonce, now: now)
        if opened == [.challenge(link, nonce: Self.nonce)] {
            _ = logins.loginReceived(link, Self.claim(), now: now)
            #expect(
                logins.verdictReached(link, .refused("no"), now: now) == [.refuse(link, .notVerified("no"))])
        }
        return opened
    }

    @Test func anAddressThatFailsTooOftenWaits() {
        var logins = Logins(relayNames: ["wss://relay.example"], limits: PairingLimits())
        for number in 1...UInt64(PairingLimits().loginFailureBurst) {
            #expect(Self.fail(&logins, number, from: Self.home, now: at(0)).count == 1)
        }
        let link = RepKey(100)
        #expect(
            logins.linkOpened(link, from: Self.home, nonce: Self.nonce, now: at(0))
                == [.refuse(link, .penalised(for: .seconds(20)))])
        let elsewhere = Logins.AddressKey(9)
        #expect(
            logins.linkOpened(link, from: elsewhere, nonce: Self.nonce, now: at(0))
                == [.challenge(link, nonce: Self.nonce)])
        let later = RepKey(101)
        #expect(
            logins.linkOpened(later, from: Self.home, nonce: Self.nonce, now: at(20))
                == [.challenge(later, nonce: Self.nonce)])
    }

    @Test func challengesOpenedBesideEachOtherDoNotEvadeThePenalty() {
        var logins = Logins(relayNames: ["wss://relay.example"], limits: PairingLimits())
        let count = UInt64(PairingLimits().loginFailureBurst) + 1
        for number in 1...count {
            _ = logins.linkOpened(RepKey(number), from: Self.home, nonce: Self.nonce, now: at(0))
        }
        for number in 1..<count {
            _ = logins.loginReceived(RepKey(number), Self.claim(nonce: [0]), now: at(0))
        }
        #expect(
            logins.loginReceived(RepKey(count), Self.claim(), now: at(0))
                == [.refuse(RepKey(count), .penalised(for: .seconds(20)))])
    }

    @Test func aFloodOfAddressesKeepsTheTableBounded() {
        var logins = Logins(relayNames: ["wss://relay.example"], limits: PairingLimits())
        for number in 1...UInt64(PairingLimits().loginFailureBurst) {
            _ = Self.fail(&logins, number, from: Self.home, now: at(1))
        }
        for number in 0..<UInt64(PairingLimits().loginAddressCountMax + 10) {
            _ = Self.fail(&logins, 1_000 + number, from: Logins.AddressKey(1 << 40 + number), now: at(1))
        }
        let link = RepKey(1 << 50)
        #expect(
            logins.linkOpened(link, from: Self.home, nonce: Self.nonce, now: at(1))
                == [.refuse(link, .penalised(for: .seconds(20)))])
    }

    @Test func oneLinkMoreThanTheLimitIsBusy() {
        var logins = Logins(relayNames: [], limits: PairingLimits())
        for number in 0..<UInt64(PairingLimits().challengeCountMax) {
            _ = logins.linkOpened(RepKey(number), from: Self.home, nonce: Self.nonce, now: at(0))
        }
        let link = RepKey(1 << 40)
        #expect(
            logins.linkOpened(link, from: Self.home, nonce: Self.nonce, now: at(0)) == [.refuse(link, .busy)])
    }
}
