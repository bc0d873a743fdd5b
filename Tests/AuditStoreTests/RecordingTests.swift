import Age
import AuditCore
import Foundation
import Glibc
import Testing
import Wire

@testable import AuditStore

/// A log with a recorder, and what an auditor holds.
struct Studio {
    static let canary = "canary-7f3a"
    let scene = Scene()
    let auditor = AgeIdentity.generate(AuditDisk.randomBytes)

    var policy: RecordingPolicy { RecordingPolicy(recipients: [self.auditor.recipient], sites: ["shop-1"]) }

    func open() throws -> AuditLog {
        var options = Scene.options
        options.recording = self.policy
        return try AuditLog.open(directory: self.scene.path, program: "test 1", options: options) { _ in }
    }

    static func session(_ number: UInt64) -> SessionID { SessionID(high: 7, low: number) }

    /// A session of `frames` frames with the canary in each, to its end.
    func run(_ number: UInt64, on log: AuditLog, frames: Int = 3, scope: [String] = ["view", "record"]) {
        self.begin(number, on: log, frames: frames, scope: scope)
        _ = log.append(
            AuditEntry(.sessionEnded(why: "shopper"), by: .relay, site: "shop-1", session: Self.session(number)))
    }

    func begin(_ number: UInt64, on log: AuditLog, frames: Int, scope: [String] = ["view", "record"]) {
        let session = Self.session(number)
        let events: [AuditEvent] = [
            .sessionOpened(origin: "https://shop.example", path: "/"),
            .consentGiven(text: "view-1", language: "en", scope: scope),
        ]
        for event in events { _ = log.append(AuditEntry(event, by: .shopper(), site: "shop-1", session: session)) }
        for index in 1...UInt64(max(frames, 1)) where frames > 0 {
            _ = log.frameAccepted(session: session, index: index, frame: SharedFrame(Self.frame(index).bytes))
        }
    }

    static func frame(_ index: UInt64) -> Frame {
        Frame(
            .keyframe, session: 1, sequence: UInt32(index), captureTime: index,
            body: Array("{\"\(Self.canary)\":\(index)}".utf8))
    }

    /// Every file under the log's directory that holds the canary in clear.
    func filesInClear() -> [String] {
        let names = FileManager.default.enumerator(atPath: self.scene.path)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            ((try? self.scene.bytes(name)) ?? []).contains(Array(Self.canary.utf8))
        }
    }

    func identity(_ number: UInt64) throws -> [AgeIdentity] {
        let wrapped = try self.scene.bytes("keys/\(Self.session(number).text).age")
        return try AgeIdentity.all(inFile: try AgeFile.decrypt(wrapped, with: [self.auditor]))
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool { self.firstRange(of: part) != nil }
}

@Suite struct RecordingTests {
    @Test func aRecordedSessionIsCommittedToAndOpensForTheAuditor() throws {
        let studio = Studio()
        let log = try studio.open()
        studio.run(1, on: log)
        log.close()
        let events = try studio.scene.events()
        #expect(
            events.filter { $0.hasPrefix("recording.") } == [
                "recording.started", "recording.chunk", "recording.stopped",
            ])
        #expect(try studio.scene.report().faultCount == 0)
        let name = "rec/\(Studio.session(1).text)/1.age"
        let file = try studio.scene.bytes(name)
        let chunk = try #require(try studio.scene.records().first { $0.event.code == .recordingChunk }?.event)
        #expect(chunk.value("hash") == .digest(Digest32.sha256(of: file)))
        #expect(chunk.value("bytes") == .count(UInt64(file.count)))
        let plain = try AgeFile.decrypt(file, with: try studio.identity(1))
        let frames = try #require(RecordingChunk.frames(in: plain))
        #expect(frames.map(\.index) == [1, 2, 3])
        #expect(frames.map(\.bytes) == [1, 2, 3].map { Studio.frame($0).bytes })
        #expect(frames.allSatisfy { $0.arrival > 1_600_000_000_000_000 })
        #expect(studio.filesInClear() == [])
        // The auditors' key does not open a chunk: only the session's does, and that can be destroyed.
        #expect(throws: AgeError.identityUnknown) { _ = try AgeFile.decrypt(file, with: [studio.auditor]) }
    }

    @Test func nothingIsRecordedOfAShopperWhoWasNotToldSo() throws {
        let studio = Studio()
        let log = try studio.open()
        studio.run(1, on: log, scope: ["view"])
        log.close()
        #expect(!(try studio.scene.events().contains { $0.hasPrefix("recording.") }))
        #expect(!FileManager.default.fileExists(atPath: studio.scene.path + "/rec"))
    }

    @Test func chunksAreClosedWhenTheyAreFull() throws {
        let studio = Studio()
        let log = try studio.open()
        let session = Studio.session(1)
        studio.begin(1, on: log, frames: 0)
        let body = [UInt8](repeating: 0x20, count: 100_000)
        for index in 1...6 {
            let frame = Frame(.delta, session: 1, sequence: UInt32(index), captureTime: 0, body: body)
            _ = log.frameAccepted(session: session, index: UInt64(index), frame: SharedFrame(frame.bytes))
        }
        log.close()
        let chunks = try studio.scene.records().filter { $0.event.code == .recordingChunk }
        #expect(chunks.map { $0.event.value("first") } == [.count(1), .count(4)])
        #expect(chunks.map { $0.event.value("last") } == [.count(3), .count(6)])
    }

    @Test func whatACrashLeavesIsEndedAtTheNextStart() throws {
        let studio = Studio()
        let log = try studio.open()
        studio.begin(1, on: log, frames: 1)
        let mark = "inbox/\(Studio.session(1).text).recording"
        while !FileManager.default.fileExists(atPath: studio.scene.path + "/" + mark) { usleep(1_000) }
        #expect(log.settle())
        // A socket cannot be copied.
        try FileManager.default.removeItem(atPath: studio.scene.path + "/inbox/door")
        let crashed = try studio.scene.crashed()
        log.close()
        let folder = crashed.path + "/rec/\(Studio.session(1).text)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try crashed.put([1], "rec/\(Studio.session(1).text)/1.age")
        try AuditLog.open(directory: crashed.path, program: "test 1", options: Scene.options) { _ in }.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        let stopped = try crashed.records().filter { $0.event.code == .recordingStopped }
        #expect(stopped.map { $0.event.value("why") } == [.text("abandoned")])
        #expect(!FileManager.default.fileExists(atPath: crashed.path + "/" + mark))
        #expect(try crashed.report().faultCount == 0)
    }

    @Test func aStartAfterACrashReadsOnlyWhatWasWrittenSinceTheRecordingBegan() throws {
        let studio = Studio()
        let earlier = try studio.open()
        for _ in 0..<1_500 {
            while case .full = earlier.append(Sample.login("rep")) { sched_yield() }
        }
        earlier.close()
        let log = try studio.open()
        studio.begin(1, on: log, frames: 1)
        let mark = "inbox/\(Studio.session(1).text).recording"
        while !FileManager.default.fileExists(atPath: studio.scene.path + "/" + mark) { usleep(1_000) }
        #expect(log.settle())
        try FileManager.default.removeItem(atPath: studio.scene.path + "/inbox/door")
        let crashed = try studio.scene.crashed()
        log.close()
        let segments = crashed.segments
        #expect(segments.count > 2)
        #expect(try crashed.bytes(mark) == Array("\(segments.last ?? "")\n".utf8))
        // Whoever reads the first segment cannot go on.
        var first = try crashed.bytes("wal/" + segments[0])
        first[100] ^= 1
        try crashed.put(first, "wal/" + segments[0])
        try AuditLog.open(directory: crashed.path, program: "test 1", options: Scene.options) { _ in }.close()
        #expect(!FileManager.default.fileExists(atPath: crashed.path + "/" + mark))
        first[100] ^= 1
        try crashed.put(first, "wal/" + segments[0])
        let stopped = try crashed.records().filter { $0.event.code == .recordingStopped }
        #expect(stopped.map { $0.event.value("why") } == [.text("abandoned")])
    }

    @Test func aMarkThatNamesNoSegmentHasEverythingRead() throws {
        let studio = Studio()
        let session = Studio.session(1)
        let mark = RecordingRecovery.Mark.recording
        try studio.open().close()
        for text in ["", "nothing\n", "00000000000000000009.seg\n", "00000000000000000000.seg"] {
            try studio.scene.put(Array(text.utf8), "inbox/\(session.text).recording")
            #expect(mark.firstIndex(session, in: studio.scene.path) == nil)
        }
        try mark.set(session, in: studio.scene.path)
        #expect(mark.firstIndex(session, in: studio.scene.path) == 0)
    }

    @Test func aDiskThatRefusesEndsTheRecordingAndNotTheSession() throws {
        let studio = Studio()
        // A file where the folder should be.
        try studio.scene.put([], "rec")
        let log = try studio.open()
        studio.run(1, on: log)
        log.close()
        let events = try studio.scene.events()
        #expect(events.filter { $0.hasPrefix("recording.") } == ["recording.started", "recording.stopped"])
        #expect(events.contains("frames.hashed"))
        try FileManager.default.removeItem(atPath: studio.scene.path + "/rec")
        #expect(try studio.scene.report().faultCount == 0)
    }

    @Test func aFullQueueEndsTheRecording() {
        var queue = RecordingQueue()
        var wake = false
        let session = Studio.session(1)
        let most = RecordingLimits.queueBytesMax >> 20
        let frame = SharedFrame([UInt8](repeating: 0, count: 1 << 20))
        queue.begin(session, at: 0, wake: &wake)
        for index in 1...most {
            queue.append(frame, index: UInt64(index), of: session, arrival: 0, at: 0, wake: &wake)
        }
        #expect(queue.active.contains(session))
        queue.append(SharedFrame([0]), index: UInt64(most + 1), of: session, arrival: 0, at: 0, wake: &wake)
        #expect(!queue.active.contains(session))
        #expect(queue.items.count == 1 + most + 1)
        guard case .end(session, why: "queue-full")? = queue.items.last else {
            Issue.record("the last item is not the end of the recording")
            return
        }
    }

    @Test func aQueueHoldsSoManyFramesAndNoMore() {
        var queue = RecordingQueue()
        var wake = false
        let (session, frame) = (Studio.session(1), SharedFrame([0]))
        queue.begin(session, at: 0, wake: &wake)
        for index in 1...RecordingLimits.queueFramesMax {
            queue.append(frame, index: UInt64(index), of: session, arrival: 0, at: 0, wake: &wake)
        }
        #expect(queue.active.contains(session))
        queue.append(frame, index: .max, of: session, arrival: 0, at: 0, wake: &wake)
        #expect(!queue.active.contains(session))
    }

    @Test func soManySessionsAreRecordedAtOnceAndNoMoreUntilOneEnds() {
        var queue = RecordingQueue()
        var wake = false
        let most = UInt64(RecordingLimits.recordingCountMax)
        for number in 1...(most + 1) { queue.begin(Studio.session(number), at: 0, wake: &wake) }
        #expect(queue.active.contains(Studio.session(most)) && !queue.active.contains(Studio.session(most + 1)))
        queue.end(Studio.session(1), why: "ended", at: 0, wake: &wake)
        queue.begin(Studio.session(most + 1), at: 0, wake: &wake)
        #expect(queue.active.contains(Studio.session(most + 1)))
    }

    /// Two frames that fill a chunk to its last byte close it; with a byte less it takes a third.
    @Test(arguments: [(0, [1, 3], [2, 3]), (1, [1], [3])])
    func aChunkIsClosedByTheByteThatFillsIt(_ less: Int, _ first: [UInt64], _ last: [UInt64]) throws {
        let studio = Studio()
        let log = try studio.open()
        studio.begin(1, on: log, frames: 0)
        var head = RecordingChunk.magic
        let frame = { (size: Int) in SharedFrame([1, 0x10] + [UInt8](repeating: 0, count: size - 2)) }
        RecordingChunk.append(frame(1_000), index: 1, arrival: 0, to: &head)
        // The second entry costs what the first does beside its frame.
        let beside = head.count - RecordingChunk.magic.count - 1_000
        let sizes = [1_000, RecordingLimits.chunkBytesMax - head.count - beside - less, 1_000]
        for (place, size) in sizes.enumerated() {
            _ = log.frameAccepted(session: Studio.session(1), index: UInt64(place + 1), frame: frame(size))
        }
        log.close()
        let chunks = try studio.scene.records().filter { $0.event.code == .recordingChunk }
        #expect(chunks.map { $0.event.value("first") } == first.map { .count($0) })
        #expect(chunks.map { $0.event.value("last") } == last.map { .count($0) })
    }

    @Test func theRecorderIsWokenWhenAChunksTimeIsUpAndNotBefore() {
        var queue = RecordingQueue()
        let due = RecordingLimits.chunkDurationMax
        guard case .wait(1) = queue.take(at: due - 1, chunkDeadline: due) else {
            Issue.record("woken before the time")
            return
        }
        guard case .done(let items) = queue.take(at: due, chunkDeadline: due) else {
            Issue.record("not woken")
            return
        }
        #expect(items.isEmpty)
    }

    @Test func anOrderAtTheDoorIsSoLongAndNoLonger() throws {
        let studio = Studio()
        let log = try studio.open()
        defer { log.close() }
        let most = RecordingLimits.orderBytesMax
        let least = LogOrder.read(what: "", session: nil).line.utf8.count
        for (count, isTaken) in [(most, true), (most + 1, false)] {
            let order = LogOrder.read(what: String(repeating: "x", count: count - least), session: nil)
            #expect(order.line.utf8.count == count)
            let answer = DoorKnock.send(order, directory: studio.scene.path)
            if case .refused = answer { #expect(!isTaken) } else { #expect(isTaken && answer != nil) }
        }
    }

    @Test func aChunkThatBreaksItsFormatIsNone() {
        let frame = Studio.frame(1)
        var bytes = RecordingChunk.magic
        RecordingChunk.append(SharedFrame(frame.bytes), index: 5, arrival: 6, to: &bytes)
        #expect(RecordingChunk.frames(in: bytes) == [RecordedFrame(index: 5, arrival: 6, bytes: frame.bytes)])
        for count in 0..<bytes.count where count != RecordingChunk.magic.count {
            #expect(RecordingChunk.frames(in: Array(bytes.prefix(count))) == nil)
        }
    }
}
