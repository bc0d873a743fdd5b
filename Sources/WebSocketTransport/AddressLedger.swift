import Synchronization

/// The connections of all loops that share it, by address. Any thread; touched only when connections come and go,
/// become links, or misbehave.
package final class AddressLedger: Sendable {
    private let gate = Mutex(ConnectionGate())

    package init() {}

    /// Addresses with a connection now.
    package var addressCount: Int { self.gate.withLock { $0.connectedAddressCount } }

    /// Those, and addresses with something to be forgiven.
    package var knownAddressCount: Int { self.gate.withLock { $0.addressCount } }

    /// Connections whose handshake is not over.
    package var startingCount: Int { self.gate.withLock { $0.startingCount } }

    func admit(_ address: PeerAddress, limits: TransportLimits, now: UInt64) -> ConnectionGate.Verdict {
        let draw = Int.random(in: 0..<100)
        return self.gate.withLock { $0.admit(address.key, limits: limits, now: now, draw: draw) }
    }

    func started() { self.gate.withLock { $0.started() } }

    /// Takes back one `admit`.
    func release(_ address: PeerAddress, isStarting: Bool, now: UInt64) {
        self.gate.withLock { $0.release(address.key, isStarting: isStarting, now: now) }
    }

    func penalise(
        _ address: PeerAddress, for offence: ConnectionGate.Offence, limits: TransportLimits, now: UInt64
    ) {
        self.gate.withLock { $0.penalise(address.key, for: offence, limits: limits, now: now) }
    }
}
