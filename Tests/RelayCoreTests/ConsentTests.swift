import RelayCore
import Testing
import Wire

/// The gate in front of everything: `Protocol/talk.md`.
@Suite struct ConsentTests {
    private func arrived() -> World {
        var world = World()
        _ = world.arrive()
        return world
    }

    @Test(arguments: [FrameKind.keyframe, .delta, .scroll, .press, .cursor])
    func noFrameFlowsBeforeTheConsent(kind: FrameKind) {
        var world = self.arrived()
        #expect(world.send(kind) == [.closeShopper(.consentMissing)])
        #expect(world.session.ringFrameCount == 0)
        #expect(world.session.lastFrameIndex == 0)
    }

    @Test func aConsentThatIsNotYetOnDiskIsNoConsent() {
        var world = self.arrived()
        #expect(world.consent(World.given) == [.recordConsent(World.given)])
        #expect(world.session.consent == .pending(talk: 1))
        #expect(world.send(.keyframe) == [.closeShopper(.consentMissing)])
        #expect(world.session.lastFrameIndex == 0)
    }

    @Test func aConsentOnDiskIsAcknowledgedAndOpensTheGate() {
        var world = self.arrived()
        _ = world.consent(World.given)
        #expect(world.durable() == [.acknowledge(talk: 1)])
        #expect(world.session.consent == .given)
        #expect(world.session.talkAcknowledged == 1)
        _ = world.join(0)
        #expect(world.send(.keyframe) == [.recordFrame(index: 1), .wake])
    }

    @Test func aDuplicateOfAConsentOnItsWayToDiskIsNotWrittenTwice() {
        let world = self.arrived()
        _ = world.consent(World.given)
        #expect(world.consent(World.given) == [])
        #expect(world.durable() == [.acknowledge(talk: 1)])
    }

    @Test func aDuplicateOfAnAcknowledgedConsentIsAcknowledgedAgain() {
        let world = World.live()
        #expect(world.consent(World.given, 1) == [.acknowledge(talk: 1)])
        #expect(world.consent(World.withdrawn, 1) == [.acknowledge(talk: 1)])
        #expect(world.session.isEnded == false)
    }

    @Test func aGapInTheTalkLaneClosesTheLink() {
        #expect(self.arrived().consent(World.given, 2) == [.closeShopper(.outOfOrder)])
        #expect(World.live().consent(World.withdrawn, 3) == [.closeShopper(.outOfOrder)])
        #expect(World.live().consent(World.withdrawn, .max) == [.closeShopper(.outOfOrder)])
    }

    @Test func theSequenceZeroIsTakenForAcknowledged() {
        #expect(self.arrived().consent(World.given, 0) == [.acknowledge(talk: 0)])
    }

    @Test func aSecondGivenIsOutOfOrder() {
        #expect(World.live().consent(World.given, 2) == [.closeShopper(.outOfOrder)])
        let world = self.arrived()
        _ = world.consent(World.given)
        #expect(world.consent(World.given, 2) == [.closeShopper(.outOfOrder)])
    }

    @Test func aRefusalAfterTheConsentIsOutOfOrder() {
        #expect(World.live().consent(World.refused, 2) == [.closeShopper(.outOfOrder)])
    }

    @Test func aWithdrawalBeforeAnyConsentIsOutOfOrder() {
        #expect(self.arrived().consent(World.withdrawn) == [.closeShopper(.outOfOrder)])
    }

    @Test func aRefusalIsRecordedAndEndsTheSession() {
        let world = self.arrived()
        #expect(world.consent(World.refused) == [.recordConsent(World.refused), .ended(.shopper)])
        #expect(world.session.isEnded)
    }

    @Test func aWithdrawalIsRecordedAndDropsWhatTheRingHolds() {
        var world = World.live()
        _ = world.send(.keyframe)
        _ = world.gather(0)
        #expect(
            world.consent(World.withdrawn, 2) == [
                .recordConsent(World.withdrawn), .recordSent(SeatID(0), [1...1]), .ended(.shopper),
            ])
        #expect(world.session.ringByteCount == 0)
        #expect(world.gather(0).frames == [])
    }

    @Test func aWithdrawalThatOvertakesTheDiskEndsTheSessionToo() {
        let world = self.arrived()
        _ = world.consent(World.given)
        #expect(world.consent(World.withdrawn, 2) == [.recordConsent(World.withdrawn), .ended(.shopper)])
        #expect(world.durable() == [])
        #expect(world.session.consent == .pending(talk: 1))
    }

    @Test func aConsentThatReachesTheDiskWhileTheShopperIsAwayIsKeptForItsReturn() {
        var world = self.arrived()
        _ = world.consent(World.given)
        _ = world.lose()
        #expect(world.durable() == [])
        #expect(world.session.talkAcknowledged == 1)
        #expect(world.arrive() == [])
        #expect(world.consent(World.given) == [.acknowledge(talk: 1)])
    }

    @Test func aSeatThatWaitsForTheConsentIsServedWhenItIsOnDisk() {
        let world = self.arrived()
        #expect(world.join(0) == [])
        _ = world.consent(World.given)
        #expect(world.durable() == [.acknowledge(talk: 1), .watch(on: true), .requestKeyframe])
    }

    @Test func nothingIsSaidOfWatchersBeforeTheConsent() {
        var world = World()
        _ = world.join(0)
        #expect(world.arrive() == [.presence(.live)])
        #expect(world.leave(0) == [])
    }

    @Test func anUnknownTalkFrameKeepsItsPlaceAndIsAcknowledged() {
        let world = World.live()
        #expect(world.send(raw: 0x31, sequence: 2) == [.acknowledge(talk: 2)])
        #expect(world.send(raw: 0x31, sequence: 2) == [.acknowledge(talk: 2)])
        #expect(world.consent(World.withdrawn, 3) == [.recordConsent(World.withdrawn), .ended(.shopper)])
    }

    @Test func anUnknownTalkFrameBehindAPendingConsentIsAcknowledgedWithIt() {
        let world = self.arrived()
        _ = world.consent(World.given)
        #expect(world.send(raw: 0x3f, sequence: 2) == [])
        #expect(world.send(raw: 0x3f, sequence: 2) == [])
        #expect(world.durable() == [.acknowledge(talk: 2)])
    }

    @Test func anUnknownTalkFrameObeysItsLane() {
        #expect(self.arrived().send(raw: 0x31, sequence: 1) == [.closeShopper(.outOfOrder)])
        #expect(World.live().send(raw: 0x31, sequence: 3) == [.closeShopper(.outOfOrder)])
        #expect(World.live().send(raw: 0x31, sequence: 2, session: 8) == [.closeShopper(.malformed)])
    }
}
