/// Who gets in at all: connections of an address, strangers at the door, and addresses that misbehaved.
///
/// A value without clock or chance, for `AddressLedger`. In the manner of OpenSSH 9.8's MaxStartups and
/// PerSourcePenalties (sshd_config(5)).
struct ConnectionGate {
    enum Verdict: Equatable {
        case admitted
        /// The address has its share.
        case addressFull
        /// The address failed too often a short while ago.
        case penalised
        /// Too many connections that have not said who they are: this one was drawn.
        case dropped
    }

    /// What an address can do wrong, and what it costs.
    enum Offence {
        /// A request that was refused or could not be read.
        case refusedRequest
        /// The handshake did not end in time.
        case lateHandshake
        /// A login that was not accepted. The desk's own penalties come earlier and with words; this one shuts the door
        /// on who goes on.
        case refusedLogin
        /// Control frames without end, or more and more after we have closed.
        case flood

        var nanoseconds: UInt64 {
            switch self {
            case .refusedRequest: 1_000_000_000
            case .refusedLogin: 2_000_000_000
            case .lateHandshake, .flood: 10_000_000_000
            }
        }
    }

    private struct Record {
        var count = 0
        /// When everything is forgiven.
        var forgivenAt: UInt64 = 0
    }

    private var records: [PeerAddress.Key: Record] = [:]

    /// Connections whose handshake is not over.
    private(set) var startingCount = 0

    /// Addresses with a connection now or something to be forgiven.
    var addressCount: Int { self.records.count }

    /// Addresses with a connection now.
    var connectedAddressCount: Int { self.records.values.count { $0.count > 0 } }

    /// `draw` is a number from 0 to 99, at random. Admitted, it is counted and starting.
    mutating func admit(_ key: PeerAddress.Key?, limits: TransportLimits, now: UInt64, draw: Int) -> Verdict {
        guard draw >= Self.dropPercentage(self.startingCount, limits) else { return .dropped }
        if let key {
            let record = self.records[key] ?? Record()
            let owed = record.forgivenAt > now ? record.forgivenAt - now : 0
            guard key.isOwnHost || owed < limits.penaltyToleranceMax.nanoseconds else { return .penalised }
            guard record.count < limits.connectionsPerAddressMax else { return .addressFull }
            self.records[key, default: Record()].count += 1
        }
        self.startingCount += 1
        return .admitted
    }

    /// The handshake of an admitted connection is over.
    mutating func started() { self.startingCount -= 1 }

    /// An admitted connection is gone.
    mutating func release(_ key: PeerAddress.Key?, isStarting: Bool, now: UInt64) {
        if isStarting { self.startingCount -= 1 }
        guard let key, var record = self.records[key] else { return }
        record.count -= 1
        self.records[key] = record.count > 0 || record.forgivenAt > now ? record : nil
    }

    /// Notes an offence. Penalties add up and run off with time; a full table forgets whom it would forgive soonest.
    mutating func penalise(_ key: PeerAddress.Key?, for offence: Offence, limits: TransportLimits, now: UInt64) {
        guard let key else { return }
        if self.records[key] == nil, self.records.count >= limits.penaltyCountMax { self.makeRoom(limits, now: now) }
        var record = self.records[key] ?? Record()
        let until = Swift.max(record.forgivenAt, now) + offence.nanoseconds
        record.forgivenAt = Swift.min(until, now + limits.penaltyDurationMax.nanoseconds)
        self.records[key] = record
    }

    private mutating func makeRoom(_ limits: TransportLimits, now: UInt64) {
        self.records = self.records.filter { $0.value.count > 0 || $0.value.forgivenAt > now }
        guard self.records.count >= limits.penaltyCountMax else { return }
        let soonest = self.records.filter { $0.value.count == 0 }.min { $0.value.forgivenAt < $1.value.forgivenAt }
        if let soonest { self.records[soonest.key] = nil }
    }

    /// 0 below the first limit, 100 from the last on, and a straight line from `startingDropPercentage` between.
    static func dropPercentage(_ starting: Int, _ limits: TransportLimits) -> Int {
        guard starting >= limits.startingCountFree else { return 0 }
        guard starting < limits.startingCountMax else { return 100 }
        let rate = limits.startingDropPercentage
        let span = limits.startingCountMax - limits.startingCountFree
        return rate + (100 - rate) * (starting - limits.startingCountFree) / span
    }
}

extension PeerAddress.Key {
    /// 127.0.0.1 or ::1: a proxy beside the relay speaks for everybody and is never penalised.
    var isOwnHost: Bool {
        self.isIPv4 ? self.network == UInt64(UInt32(0x7F00_0001).bigEndian) : self.isLoopback
    }
}
