import Testing

@testable import WebSocketTransport

@Suite struct ConnectionGateTests {
    private static let second: UInt64 = 1_000_000_000
    private static let key = PeerAddress.Key(network: 0x0102_0304, isIPv4: true)
    private static let other = PeerAddress.Key(network: 0x0102_0305, isIPv4: true)

    private var limits = TransportLimits()

    @Test func nobodyIsDroppedBelowTheFirstLimitAndEverybodyFromTheLast() {
        #expect(ConnectionGate.dropPercentage(199, limits) == 0)
        #expect(ConnectionGate.dropPercentage(200, limits) == 30)
        #expect(ConnectionGate.dropPercentage(600, limits) == 65)
        #expect(ConnectionGate.dropPercentage(999, limits) == 99)
        #expect(ConnectionGate.dropPercentage(1_000, limits) == 100)
    }

    @Test func theDrawDecidesBetweenTheLimits() {
        var gate = ConnectionGate()
        for _ in 0..<200 { #expect(gate.admit(nil, limits: limits, now: 0, draw: 0) == .admitted) }
        #expect(gate.admit(nil, limits: limits, now: 0, draw: 29) == .dropped)
        #expect(gate.admit(nil, limits: limits, now: 0, draw: 30) == .admitted)
        #expect(gate.startingCount == 201)
        gate.started()
        gate.release(nil, isStarting: true, now: 0)
        #expect(gate.startingCount == 199)
        #expect(gate.admit(nil, limits: limits, now: 0, draw: 0) == .admitted)
    }

    @Test func anAddressIsRefusedFromTheToleranceOnAndForgivenWithTime() {
        var gate = ConnectionGate()
        for _ in 0..<14 { gate.penalise(Self.key, for: .refusedRequest, limits: limits, now: 0) }
        #expect(gate.admit(Self.key, limits: limits, now: 0, draw: 99) == .admitted)
        gate.penalise(Self.key, for: .refusedRequest, limits: limits, now: 0)
        #expect(gate.admit(Self.key, limits: limits, now: 0, draw: 99) == .penalised)
        #expect(gate.admit(Self.other, limits: limits, now: 0, draw: 99) == .admitted)
        #expect(gate.admit(Self.key, limits: limits, now: 1, draw: 99) == .admitted)
    }

    @Test func penaltiesAddUpToTheirLimitAndNoFurther() {
        var gate = ConnectionGate()
        for _ in 0..<1_000 { gate.penalise(Self.key, for: .lateHandshake, limits: limits, now: 0) }
        // What is owed runs off to what is tolerated, from the most that can be owed.
        let last = (limits.penaltyDurationMax - limits.penaltyToleranceMax).nanoseconds
        #expect(gate.admit(Self.key, limits: limits, now: last, draw: 99) == .penalised)
        #expect(gate.admit(Self.key, limits: limits, now: last + 1, draw: 99) == .admitted)
    }

    @Test func theFirstToBeDrawnAreOfTheStartingPercentage() {
        for percentage in [0, 1, 30, 99, 100] {
            var limits = TransportLimits()
            limits.startingDropPercentage = percentage
            limits.startingCountFree = 1
            var gate = ConnectionGate()
            #expect(gate.admit(nil, limits: limits, now: 0, draw: 0) == .admitted)
            // Draws are 0 to 99: the last that is dropped is one below the percentage.
            if percentage > 0 {
                #expect(gate.admit(nil, limits: limits, now: 0, draw: percentage - 1) == .dropped)
            }
            if percentage < 100 {
                #expect(gate.admit(nil, limits: limits, now: 0, draw: percentage) == .admitted)
            }
        }
    }

    @Test func eightRefusedLoginsOrTwoLateHandshakesOrTwoFloodsAreTooMany() {
        for (offence, count) in [(ConnectionGate.Offence.refusedLogin, 8), (.lateHandshake, 2), (.flood, 2)] {
            var gate = ConnectionGate()
            for _ in 1..<count { gate.penalise(Self.key, for: offence, limits: limits, now: 0) }
            #expect(gate.admit(Self.key, limits: limits, now: 0, draw: 99) == .admitted)
            gate.penalise(Self.key, for: offence, limits: limits, now: 0)
            #expect(gate.admit(Self.key, limits: limits, now: 0, draw: 99) == .penalised)
        }
    }

    @Test func theOwnHostIsCountedButNeverPenalised() {
        var gate = ConnectionGate()
        let own = PeerAddress.Key(network: UInt64(UInt32(0x7F00_0001).bigEndian), isIPv4: true)
        let ownIPv6 = PeerAddress.Key(network: 0, isIPv4: false, isLoopback: true)
        for key in [own, ownIPv6] {
            for _ in 0..<100 { gate.penalise(key, for: .lateHandshake, limits: limits, now: 0) }
            for _ in 0..<limits.connectionsPerAddressMax {
                #expect(gate.admit(key, limits: limits, now: 0, draw: 99) == .admitted)
            }
            #expect(gate.admit(key, limits: limits, now: 0, draw: 99) == .addressFull)
        }
    }

    @Test func theTableIsBoundedAndForgetsWhomItWouldForgiveSoonest() {
        var limits = TransportLimits()
        limits.penaltyCountMax = 3
        var gate = ConnectionGate()
        for number in 0..<10 as Range<UInt64> {
            let key = PeerAddress.Key(network: number, isIPv4: true)
            for _ in 0...number { gate.penalise(key, for: .lateHandshake, limits: limits, now: 0) }
        }
        #expect(gate.addressCount == 3)
        #expect(gate.admit(PeerAddress.Key(network: 9, isIPv4: true), limits: limits, now: 0, draw: 99) == .penalised)
        #expect(gate.admit(PeerAddress.Key(network: 5, isIPv4: true), limits: limits, now: 0, draw: 99) == .admitted)
    }

    @Test func whatIsReleasedAndForgivenIsForgotten() {
        var gate = ConnectionGate()
        #expect(gate.admit(Self.key, limits: limits, now: 0, draw: 99) == .admitted)
        gate.penalise(Self.key, for: .refusedRequest, limits: limits, now: 0)
        gate.release(Self.key, isStarting: true, now: 0)
        #expect(gate.addressCount == 1)
        #expect(gate.connectedAddressCount == 0)
        #expect(gate.admit(Self.key, limits: limits, now: 0, draw: 99) == .admitted)
        gate.release(Self.key, isStarting: true, now: Self.second)
        #expect(gate.addressCount == 0)
    }
}
