import Wire

/// A token bucket of failures for each address, kept as one time: when everything will be forgiven.
struct LoginPenalties {
    let limits: PairingLimits
    private var forgivenAt: [Logins.AddressKey: Instant] = [:]

    init(limits: PairingLimits) {
        self.limits = limits
    }

    /// Addresses remembered.
    var count: Int { self.forgivenAt.count }

    /// How long the address must wait before it may try, or nil.
    func wait(_ address: Logins.AddressKey, now: Instant) -> Duration? {
        let allowed = self.limits.loginForgiveDuration * (self.limits.loginFailureBurst - 1)
        let owed = (self.forgivenAt[address] ?? now).duration(since: now)
        return owed > allowed ? owed - allowed : nil
    }

    /// One failure more. A full table forgets the address that is forgiven soonest.
    mutating func failed(_ address: Logins.AddressKey, now: Instant) {
        if self.forgivenAt[address] == nil, self.forgivenAt.count >= self.limits.loginAddressCountMax {
            self.makeRoom(now: now)
        }
        self.forgivenAt[address] = max(self.forgivenAt[address] ?? now, now) + self.limits.loginForgiveDuration
    }

    private mutating func makeRoom(now: Instant) {
        self.forgivenAt = self.forgivenAt.filter { $0.value > now }
        guard self.forgivenAt.count >= self.limits.loginAddressCountMax else { return }
        let soonest = self.forgivenAt.min { ($0.value, $0.key.bits) < ($1.value, $1.key.bits) }
        if let soonest { self.forgivenAt[soonest.key] = nil }
    }
}
