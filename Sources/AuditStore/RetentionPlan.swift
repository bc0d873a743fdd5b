package import Wire

/// How long the recordings of a site are kept, and how much of them. Without either they are kept until they are
/// erased.
package struct RetentionRule: Equatable, Sendable {
    /// Days after the session's end; a recording that is older goes.
    package var daysMax: Int?
    /// Bytes of all recordings of the site, with their keys; past it the oldest go.
    package var bytesMax: Int?

    /// A century, past which nobody means a number of days.
    package static let dayBounds = 1...36_500
    /// To a pebibyte.
    package static let byteBounds = 1...1 << 50

    /// A rule.
    package init(daysMax: Int? = nil, bytesMax: Int? = nil) {
        self.daysMax = daysMax
        self.bytesMax = bytesMax
    }
}

/// One recording on the disk.
package struct KeptRecording: Equatable, Sendable {
    /// Its session.
    package let session: SessionID
    /// What the log says of the session.
    package let standing: SessionStanding
    /// Files of chunks and key.
    package let files: Int
    /// Their bytes.
    package let bytes: Int
}

/// Which recordings go by the sites' rules. Pure.
package struct RetentionPlan: Equatable, Sendable {
    /// Why a recording goes.
    package enum Reason: String, Sendable {
        /// The session ended longer ago than the rule allows.
        case age
        /// The site's recordings are more bytes than the rule allows, and this is the oldest.
        case size
        /// It was destroyed, says the log, and something of it is still there: a crash came between.
        case unfinished
    }

    /// One recording that goes.
    package struct Removal: Equatable, Sendable {
        /// The recording.
        package let recording: KeptRecording
        /// Why.
        package let reason: Reason
    }

    /// What a site has once the plan is carried out.
    package struct Site: Equatable, Sendable {
        /// The site's key.
        package let name: String
        /// Its rule; nil where the configuration has none.
        package let rule: RetentionRule?
        /// Recordings that stay, and their bytes.
        package fileprivate(set) var kept = (count: 0, bytes: 0)
        /// Those of them that stay though they are past the rule's age or size: a hold stands, or the session runs.
        package fileprivate(set) var bound = (count: 0, bytes: 0)

        package static func == (left: Site, right: Site) -> Bool {
            left.name == right.name && left.rule == right.rule && left.kept == right.kept && left.bound == right.bound
        }
    }

    /// What goes, by site and then in the order of the sessions' ends.
    package private(set) var removals: [Removal] = []
    /// The sites that have a rule or a recording, by name.
    package private(set) var sites: [Site] = []

    /// The microseconds of a day.
    private static let day: UInt64 = 86_400_000_000

    /// What goes of `recordings` at `now`, microseconds since 1970.
    package init(_ recordings: [KeptRecording], rules: [String: RetentionRule], now: UInt64) {
        let names = Set(recordings.map(\.standing.site)).union(rules.keys)
        for name in names.sorted() {
            let own = recordings.filter { $0.standing.site == name }.sorted {
                ($0.standing.ended ?? .max, $0.session.text) < ($1.standing.ended ?? .max, $1.session.text)
            }
            self.plan(own, Site(name: name, rule: rules[name]), now)
        }
    }

    private mutating func plan(_ recordings: [KeptRecording], _ empty: Site, _ now: UInt64) {
        var site = empty
        let left = recordings.filter { !$0.standing.isGone }
        self.removals += recordings.filter(\.standing.isGone).map { Removal(recording: $0, reason: .unfinished) }
        var bytes = left.reduce(0) { $0 + $1.bytes }
        let aged = left.map { Self.isPast($0, site.rule, now) }
        for (recording, isPast) in zip(left, aged) where isPast && Self.mayGo(recording) { bytes -= recording.bytes }
        for (recording, isPast) in zip(left, aged) {
            let isOver = site.rule?.bytesMax.map { bytes > $0 } ?? false
            if Self.mayGo(recording), isPast || isOver {
                self.removals.append(Removal(recording: recording, reason: isPast ? .age : .size))
                if !isPast { bytes -= recording.bytes }
                continue
            }
            site.kept = (site.kept.count + 1, site.kept.bytes + recording.bytes)
        }
        let isOver = site.rule?.bytesMax.map { bytes > $0 } ?? false
        for (recording, isPast) in zip(left, aged) where !Self.mayGo(recording) && (isPast || isOver) {
            site.bound = (site.bound.count + 1, site.bound.bytes + recording.bytes)
        }
        self.sites.append(site)
    }

    private static func mayGo(_ recording: KeptRecording) -> Bool {
        !recording.standing.isHeld && !recording.standing.isOpen
    }

    private static func isPast(_ recording: KeptRecording, _ rule: RetentionRule?, _ now: UInt64) -> Bool {
        guard let days = rule?.daysMax, let ended = recording.standing.ended, now > ended else { return false }
        return now - ended > UInt64(days) * Self.day
    }
}
