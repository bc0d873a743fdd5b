internal import Wire

/// The file `state`: where a start may begin to read. Derived from the records below `range.size` alone.
package struct LogState: Equatable, Sendable {
    /// One segment as far as the state covers it.
    package struct Segment: Equatable, Sendable {
        /// The index of its first record.
        package let firstIndex: UInt64
        /// The offset after the last record covered.
        package let end: Int

        /// The segment that begins with record `firstIndex`, covered up to `end`.
        package init(firstIndex: UInt64, end: Int) {
            self.firstIndex = firstIndex
            self.end = end
        }
    }

    private static let header = "alongside-state v1"

    /// The segments, in order; the last is the one where reading goes on.
    package let segments: [Segment]
    /// The leaf hash of the last record covered.
    package let last: Digest32
    /// The tree over the records covered, at least one.
    package let range: CompactRange
    /// The sessions that are open there.
    package let accounts: SessionAccounts

    /// The state after the records of `range`.
    package init(segments: [Segment], last: Digest32, range: CompactRange, accounts: SessionAccounts) {
        self.segments = segments
        self.last = last
        self.range = range
        self.accounts = accounts
    }

    /// The file's bytes. In one buffer that is nearly large enough from the beginning: with ten thousand open sessions
    /// they are megabytes, and what the allocator was once given for more of them stays with the process.
    package var bytes: [UInt8] {
        let sessions = self.accounts.sessions
        var bytes: [UInt8] = []
        bytes.reserveCapacity((self.segments.count + self.range.peaks.count + sessions.count + 5) * Self.lineBytes)
        func append(_ line: String) {
            bytes.append(contentsOf: line.utf8)
            bytes.append(0x0A)
        }
        append(Self.header)
        append("entries \(self.range.size)")
        for segment in self.segments {
            append("segment \(SegmentFormat.name(firstIndex: segment.firstIndex)) \(segment.end)")
        }
        append("last \(Base64Text.encode(self.last.bytes))")
        append("root \(Base64Text.encode(self.range.root.bytes))")
        for peak in self.range.peaks { append("peak \(Base64Text.encode(peak.bytes))") }
        for session in sessions {
            guard let account = self.accounts.open[session] else { continue }
            let site = account.site.map { JSONText.quoted($0) } ?? "-"
            append("session \(session.text) \(account.sequence) \(account.frames) \(account.hash.hex) \(site)")
        }
        append("sha256 \(Digest32.sha256(of: bytes).hex)")
        return bytes
    }

    /// A session's line with numbers of seven digits and a site of 32 bytes; most are shorter.
    private static let lineBytes = 160

    /// The state that `bytes` spell; nil unless it is whole, in its one spelling, and its peaks give its root.
    package init?(bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        guard lines.popFirst().map(String.init) == Self.header,
            let size = Self.take("entries ", &lines).flatMap({ UInt64($0) }), size > 0
        else { return nil }
        var segments: [Segment] = []
        while let words = Self.take("segment ", &lines)?.split(separator: " "), words.count == 2,
            let first = SegmentFormat.firstIndex(ofName: String(words[0])), let end = Int(words[1])
        {
            segments.append(Segment(firstIndex: first, end: end))
        }
        guard let last = Self.hash("last ", &lines), Self.hash("root ", &lines) != nil, !segments.isEmpty else {
            return nil
        }
        var peaks: [Digest32] = []
        while let peak = Self.hash("peak ", &lines) { peaks.append(peak) }
        guard let range = CompactRange(size: size, peaks: peaks), let accounts = Self.accounts(&lines) else {
            return nil
        }
        self.init(segments: segments, last: last, range: range, accounts: accounts)
        // The sum, the root and the spelling are checked by writing it again.
        guard self.bytes == bytes else { return nil }
    }

    private static func accounts(_ lines: inout ArraySlice<Substring>) -> SessionAccounts? {
        var accounts = SessionAccounts()
        while let line = Self.take("session ", &lines) {
            let words = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
            guard words.count == 5, let session = SessionID(String(words[0])), let sequence = UInt64(words[1]),
                let frames = UInt64(words[2]), let hash = Digest32(hex: words[3].utf8)
            else { return nil }
            var site: String?
            if words[4] != "-" {
                var json = JSONReader(Array(words[4].utf8))
                site = try? json.string(1...AuditLimits.siteBytesMax)
                guard site != nil else { return nil }
            }
            accounts.put(session, sequence: sequence, frames: frames, hash: hash, site: site)
        }
        return accounts
    }

    /// The rest of the next line if it begins with `word`; the line is taken then.
    private static func take(_ word: String, _ lines: inout ArraySlice<Substring>) -> Substring? {
        guard let line = lines.first, line.hasPrefix(word) else { return nil }
        lines.removeFirst()
        return line.dropFirst(word.count)
    }

    private static func hash(_ word: String, _ lines: inout ArraySlice<Substring>) -> Digest32? {
        Self.take(word, &lines).flatMap { Base64Text.decode($0) }.flatMap { Digest32(bytes: $0) }
    }
}
