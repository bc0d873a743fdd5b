package import Wire

/// An event on its way into the log: what the caller knows. The log adds clocks, sequence and index.
package struct AuditEntry: Equatable, Sendable {
    /// What happened.
    package var event: AuditEvent
    /// Who did it.
    package var actor: AuditActor
    /// The site it belongs to.
    package var site: String?
    /// The session it belongs to; codes of scope `session` need one, codes of scope `log` must have none.
    package var session: SessionID?

    /// Makes an entry; an empty or too long site is left out or cut.
    package init(_ event: AuditEvent, by actor: AuditActor, site: String? = nil, session: SessionID? = nil) {
        self.event = event
        self.actor = actor
        self.site = site.flatMap { $0.isEmpty ? nil : AuditText.cut($0, AuditLimits.siteBytesMax) }
        self.session = session
    }

    /// Roughly how many bytes the entry takes in a queue.
    package var byteCountEstimate: Int { self.event.byteCountEstimate + 128 }
}

/// The machine's boot: 16 bytes, changed at every start, written as 32 lower-case hexadecimal digits.
package struct BootID: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// The boot with these 16 bytes.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The boot written as 32 lower-case hexadecimal digits, or nil.
    package init?(text: some Collection<UInt8>) {
        guard text.count == 32 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for character in text {
            guard let nibble = Digest32.nibble(character) else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(nibble)
        }
        self.init(high: high, low: low)
    }

    /// 32 digits.
    package var text: String {
        String(decoding: self.characters, as: UTF8.self)
    }

    var characters: [UInt8] {
        let hex = Array("0123456789abcdef".utf8)
        return [self.high, self.low].flatMap { word in
            stride(from: 60, through: 0, by: -4).map { hex[Int(truncatingIfNeeded: word >> $0) & 15] }
        }
    }
}

/// Bytes sealed under a session's key: reserved. A record may carry them; this form neither writes nor opens them.
package struct AuditSealed: Equatable, Sendable {
    /// The key's name, a word.
    package let key: String
    /// The nonce, base64url text of at most 128 bytes.
    package let nonce: String
    /// The ciphertext, base64url text of at most 8192 bytes.
    package let ciphertext: String
}

/// One record of the log: exactly what stands in its line.
package struct AuditRecord: Equatable, Sendable {
    /// Both clocks.
    package let stamp: AuditStamp
    /// The boot that `stamp.mono` counts from.
    package let boot: BootID
    /// The record's place among its session's, from 1; nil if it belongs to no session.
    package let sequence: UInt64?
    /// The site.
    package let site: String?
    /// The session; nil exactly if `sequence` is.
    package let session: SessionID?
    /// Who did it.
    package let actor: AuditActor
    /// What happened.
    package let event: AuditEvent
    /// Reserved.
    package let sealed: AuditSealed?

    /// Completes `entry` with what the log knows.
    package init(_ entry: AuditEntry, sequence: UInt64?, at stamp: AuditStamp, boot: BootID) {
        self.init(
            stamp: stamp, boot: boot, sequence: sequence, site: entry.site, session: entry.session, actor: entry.actor,
            event: entry.event, sealed: nil)
    }

    init(
        stamp: AuditStamp, boot: BootID, sequence: UInt64?, site: String?, session: SessionID?, actor: AuditActor,
        event: AuditEvent, sealed: AuditSealed?
    ) {
        self.stamp = stamp
        self.boot = boot
        self.sequence = sequence
        self.site = site
        self.session = session
        self.actor = actor
        self.event = event
        self.sealed = sealed
    }

    /// The record's line, without a line feed.
    package var line: [UInt8] {
        var bytes: [UInt8] = []
        self.encode(into: &bytes)
        return bytes
    }
}
