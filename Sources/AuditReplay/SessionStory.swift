package import AuditCore
internal import AuditStore
package import Wire

/// What the log tells of one session: who came, who was sent which frames, what was recorded.
package struct SessionStory: Sendable {
    /// One seat from its taking to its leaving.
    package struct Seat: Equatable, Sendable {
        /// From 1.
        package let number: Int
        /// The rep's principal.
        package let rep: String
        /// When it was taken, microseconds since 1970.
        package let joined: UInt64
        /// Whether it was handed the cursor; without it the ranges of `sent` run over page frames alone.
        package let hasCursor: Bool
        /// When it was empty again; nil if it never was.
        package fileprivate(set) var left: UInt64?
        /// What it was sent, a `seat.sent` each, in the order of the log.
        package fileprivate(set) var sent: [Sent] = []
    }

    /// One `seat.sent`.
    package struct Sent: Equatable, Sendable {
        /// When it was written: the frames were sent before.
        package let at: UInt64
        /// The frames, ascending.
        package let ranges: [FrameRange]
    }

    /// A chunk that the log commits to.
    package struct Chunk: Equatable, Sendable {
        /// From 1.
        package let number: UInt64
        /// Its frames.
        package let frames: FrameRange
        /// The size of its file.
        package let bytes: UInt64
        /// The SHA-256 of its file.
        package let hash: Digest32
    }

    /// One record, for people.
    package struct Event: Equatable, Sendable {
        /// Microseconds since 1970.
        package let at: UInt64
        /// The record's event.
        package let name: String
        /// The record in words.
        package let words: String
    }

    /// The session.
    package let session: SessionID
    /// The site's key.
    package let site: String
    /// The address that it began on.
    package let address: String
    /// When it began, microseconds since 1970.
    package let opened: UInt64
    /// When it ended; nil while it runs.
    package private(set) var ended: UInt64?
    /// Why it ended: `abandoned` where the relay did not live to see it.
    package private(set) var why: String?
    /// The word of the stuck signal that brought it, once it waited in the queue.
    package private(set) var reason: String?
    /// The seats, by number.
    package private(set) var seats: [Seat] = []
    /// The chunks, by number.
    package private(set) var chunks: [Chunk] = []
    /// Whether a recording began.
    package private(set) var isRecorded = false
    /// Whether key and recording were destroyed.
    package private(set) var isErased = false
    /// How many frames the log accounts for, and their running hash.
    package private(set) var frames: (count: UInt64, hash: Digest32, bytes: UInt64) = (0, .zero, 0)
    /// Its records but for the sums, in order.
    package private(set) var events: [Event] = []

    private init(_ record: AuditRecord, _ session: SessionID) {
        self.session = session
        self.site = record.site ?? ""
        self.opened = record.stamp.wall
        self.address = Self.text(record.event, "origin") + Self.text(record.event, "path")
    }

    /// Reads the story of `session` from the log in `directory`.
    package static func read(_ session: SessionID, directory: String) throws(ReplayError) -> SessionStory {
        guard let story = try Self.readAll(directory: directory, only: session).first else {
            throw .sessionUnknown(session)
        }
        return story
    }

    /// Reads the stories of all sessions in the log in `directory`, in the order of their beginning.
    package static func readAll(
        directory: String, only: SessionID? = nil
    ) throws(ReplayError) -> [SessionStory] {
        var stories: [SessionStory] = []
        var places: [SessionID: Int] = [:]
        do throws(AuditStoreError) {
            let disk = try AuditDisk.system(directory: directory, forWriting: false)
            defer { disk.release() }
            _ = try LogReader.read(disk) { (place, line) throws(AuditStoreError) in
                let record: AuditRecord
                do throws(AuditFormatError) {
                    record = try AuditRecord(decoding: Array(line))
                } catch {
                    throw .unreadable(file: place.file, offset: place.offset, index: place.index, format: error)
                }
                guard let session = record.session ?? Self.named(by: record.event), only == nil || session == only
                else { return }
                if record.event.code == .sessionOpened, places[session] == nil {
                    places[session] = stories.count
                    stories.append(SessionStory(record, session))
                }
                if let at = places[session] { stories[at].take(record, index: place.index) }
            }
        } catch {
            throw .store(error)
        }
        return stories
    }

    private static func named(by event: AuditEvent) -> SessionID? {
        if case .session(let session) = event.value("session") { session } else { nil }
    }

    private static func text(_ event: AuditEvent, _ name: StaticString) -> String {
        if case .text(let text) = event.value(name) { text } else { "" }
    }

    private static func words(_ event: AuditEvent, _ name: StaticString) -> [String] {
        if case .words(let words) = event.value(name) { words } else { [] }
    }

    private static func count(_ event: AuditEvent, _ name: StaticString) -> UInt64 {
        if case .count(let count) = event.value(name) { count } else { 0 }
    }

    private static func digest(_ event: AuditEvent, _ name: StaticString) -> Digest32 {
        if case .digest(let digest) = event.value(name) { digest } else { .zero }
    }

    private mutating func take(_ record: AuditRecord, index: UInt64) {
        let (event, at) = (record.event, record.stamp.wall)
        let code = event.code
        if code == .framesHashed {
            self.frames = (
                Self.count(event, "last"), Self.digest(event, "hash"), self.frames.bytes + Self.count(event, "bytes")
            )
            return
        }
        if code == .seatSent {
            guard case .ranges(let ranges) = event.value("ranges") else { return }
            self.changeSeat(event) { $0.sent.append(Sent(at: at, ranges: ranges)) }
            return
        }
        self.events.append(
            Event(at: at, name: event.code.rule.event.description, words: record.summary(index: index)))
        if code == .seatJoined {
            self.seats.append(
                Seat(
                    number: Int(clamping: Self.count(event, "seat")), rep: record.actor.id ?? "", joined: at,
                    hasCursor: !Self.words(event, "without").contains("cursor")))
        } else if code == .ticketQueued {
            self.reason = self.reason ?? Self.text(event, "reason")
        } else if code == .seatLeft {
            self.changeSeat(event) { $0.left = at }
        } else if code == .sessionEnded {
            (self.ended, self.why) = (at, Self.text(event, "why"))
        } else if code == .sessionAbandoned {
            (self.ended, self.why) = (at, "abandoned")
        } else if code == .recordingStarted {
            self.isRecorded = true
        } else if code == .recordingChunk {
            self.chunks.append(Self.chunk(event))
        } else if code == .sessionErased || code == .recordingExpired {
            self.isErased = true
        }
    }

    private static func chunk(_ event: AuditEvent) -> Chunk {
        Chunk(
            number: Self.count(event, "chunk"),
            frames: FrameRange(Self.count(event, "first"), Self.count(event, "last")),
            bytes: Self.count(event, "bytes"), hash: Self.digest(event, "hash"))
    }

    private mutating func changeSeat(_ event: AuditEvent, _ change: (inout Seat) -> Void) {
        let number = Int(clamping: Self.count(event, "seat"))
        guard let at = self.seats.lastIndex(where: { $0.number == number }) else { return }
        change(&self.seats[at])
    }
}
