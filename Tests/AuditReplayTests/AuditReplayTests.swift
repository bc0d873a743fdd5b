import Age
import AuditCore
import AuditStore
import Foundation
import RepConsole
import Terminal
import Testing
import Wire

@testable import AuditReplay

/// A log with one recorded session: two pages' worth of frames, a seat that got all and one that skipped some.
final class RecordedLog {
    let directory = FileManager.default.temporaryDirectory.appending(path: "replay-\(UUID().uuidString)").path
    let session = SessionID(high: 3, low: 4)
    let auditor: AgeIdentity

    init() throws {
        let (auditor, session) = (AgeIdentity.generate(Self.entropy), self.session)
        self.auditor = auditor
        var options = AuditOptions()
        options.recording = RecordingPolicy(recipients: [auditor.recipient], sites: ["demo"])
        let log = try AuditLog.open(directory: self.directory, program: "test 1", options: options) { _ in }
        func append(_ event: AuditEvent, _ actor: AuditActor = .relay) {
            _ = log.append(AuditEntry(event, by: actor, site: "demo", session: session))
        }
        append(.sessionOpened(origin: "https://shop.example", path: "/"))
        append(.consentGiven(text: "view-1", language: "en", scope: ["view", "record"]))
        append(.ticketQueued(ticket: 1, reason: "help", priority: 0))
        append(.seatJoined(seat: 1, rights: ["view"]), .rep("demo", key: "SHA256:x"))
        append(.seatJoined(seat: 2, rights: ["view"]), .rep("leo", key: "SHA256:y"))
        append(.seatJoined(seat: 3, rights: ["view"], without: ["cursor"]), .rep("kai", key: "SHA256:z"))
        for (place, frame) in Self.frames.enumerated() {
            _ = log.frameAccepted(session: session, index: UInt64(place + 1), frame: SharedFrame(frame.bytes))
        }
        _ = log.framesSent(session: session, seat: 1, range: FrameRange(1, 4))
        _ = log.framesSent(session: session, seat: 2, range: FrameRange(1, 1))
        _ = log.framesSent(session: session, seat: 2, range: FrameRange(3, 3))
        _ = log.framesSent(session: session, seat: 3, range: FrameRange(1, 4))
        append(.seatLeft(seat: 2, why: "left"), .rep("leo", key: "SHA256:y"))
        append(.sessionEnded(why: "shopper"))
        log.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: self.directory) }

    static func entropy(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max) } }

    static func page(_ words: String, id: Int = 1) -> [UInt8] {
        let line = "[\"t\",0,0,200,20,\"\(words)\",255,0,16]"
        return Array(
            ("{\"page\":{\"id\":\(id),\"url\":\"https://shop.example/\",\"title\":\"T\"},\"viewport\":[1280,800],"
                + "\"size\":[1280,800],\"ground\":4294967295,\"layers\":[[0,0,0,0,0,1280,800,0,0]],"
                + "\"blocks\":[[1,0,40,40,[\(line)]]]}").utf8)
    }

    static let frames = [
        Frame(.keyframe, session: 9, sequence: 1, captureTime: 1, body: RecordedLog.page("first")),
        Frame(
            .delta, session: 9, sequence: 2, captureTime: 2,
            body: Array("{\"blocks\":[[2,0,40,90,[[\"t\",0,0,200,20,\"second\",255,0,16]]]]}".utf8)),
        Frame(.scroll, session: 9, sequence: 3, captureTime: 3, body: Array("[[0,0,5]]".utf8)),
        Frame(.cursor, session: 9, sequence: 1, captureTime: 4, body: Array("[100,100]".utf8)),
    ]
}

@Suite struct AuditReplayTests {
    /// A file in the chunk's place is read before it is held against the log; one that is too long is not read at all.
    @Test func aChunkIsReadUpToItsLimit() throws {
        let log = try RecordedLog()
        let story = try SessionStory.read(log.session, directory: log.directory)
        let path = log.directory + "/rec/\(log.session.text)/1.age"
        for more in [0, 1] {
            let bytes = Data(count: RecordingLimits.chunkFileBytesMax + more)
            try bytes.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: ReplayError.self) {
                _ = try RecordingReader(of: story, directory: log.directory, identities: [log.auditor])
            }
            switch error {
            case .chunkForged(1): #expect(more == 0)
            case .store: #expect(more == 1)
            default: Issue.record("\(String(describing: error))")
            }
        }
    }

    @Test func theStoryTellsSeatsChunksAndFrames() throws {
        let log = try RecordedLog()
        let story = try SessionStory.read(log.session, directory: log.directory)
        #expect(story.seats.map(\.rep) == ["demo", "leo", "kai"])
        #expect(story.seats.map { $0.left == nil } == [true, false, true])
        #expect(story.seats.map(\.hasCursor) == [true, true, false])
        #expect(story.frames.count == 4)
        #expect(story.chunks.map(\.frames) == [FrameRange(1, 4)])
        #expect(story.reason == "help")
        #expect(story.why == "shopper")
        #expect(throws: ReplayError.sessionUnknown(SessionID(high: 9, low: 9))) {
            _ = try SessionStory.read(SessionID(high: 9, low: 9), directory: log.directory)
        }
    }

    @Test func aRecordingIsProvedByTheLogAndAForgedChunkIsNot() throws {
        let log = try RecordedLog()
        let story = try SessionStory.read(log.session, directory: log.directory)
        let reader = try RecordingReader(of: story, directory: log.directory, identities: [log.auditor])
        #expect(reader.isProved)
        #expect(reader.frames.map(\.bytes) == RecordedLog.frames.map(\.bytes))
        #expect(throws: ReplayError.sealed(.identityUnknown)) {
            _ = try RecordingReader(
                of: story, directory: log.directory, identities: [.generate(RecordedLog.entropy)])
        }
        let path = RecordingFiles(directory: log.directory).chunkPath(log.session, 1)
        var bytes = try RecordingFiles.read(path, bytesMax: 1 << 20)
        bytes[bytes.count - 1] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: ReplayError.chunkForged(1)) {
            _ = try RecordingReader(of: story, directory: log.directory, identities: [log.auditor])
        }
    }

    @Test func aSeatThatMissedAFrameKeepsWhatItHadUntilAKeyframe() throws {
        let log = try RecordedLog()
        let story = try SessionStory.read(log.session, directory: log.directory)
        let frames = try RecordingReader(of: story, directory: log.directory, identities: [log.auditor]).frames
        let size = ScreenSize(columns: 120, rows: 40)
        func text(seat: Int, frame: UInt64) throws -> String {
            var player = ReplayPlayer(
                story, try ReplayTrack(seat, of: story, frames), isProved: true, size: size, isPlaying: false)
            player.seek(frame: frame)
            return player.screen().lines().joined(separator: "\n")
        }
        #expect(try text(seat: 1, frame: 1).contains("first"))
        #expect(try !text(seat: 1, frame: 1).contains("second"))
        #expect(try text(seat: 1, frame: 4).contains("second"))
        #expect(try text(seat: 1, frame: 4).contains("◤"))
        #expect(try !text(seat: 2, frame: 4).contains("second"))
        #expect(throws: ReplayError.seatUnknown(4)) { _ = try ReplayTrack(4, of: story, frames) }
        #expect(TextSearch.firstFrame(with: "SECOND", in: frames) == 2)
        #expect(TextSearch.firstFrame(with: "third", in: frames) == nil)
    }

    @Test func aSeatWithoutCursorIsReplayedWithoutIt() throws {
        let log = try RecordedLog()
        let story = try SessionStory.read(log.session, directory: log.directory)
        let frames = try RecordingReader(of: story, directory: log.directory, identities: [log.auditor]).frames
        // Both records say 1 to 4, and frame 4 is the cursor.
        let (with, without) = (try ReplayTrack(1, of: story, frames), try ReplayTrack(3, of: story, frames))
        #expect(with.steps.map(\.index) == [1, 2, 3, 4])
        #expect(without.steps.map(\.index) == [1, 2, 3])
        #expect(without.missing == 0)
        var player = ReplayPlayer(
            story, without, isProved: true, size: ScreenSize(columns: 120, rows: 40), isPlaying: false)
        player.seek(frame: 4)
        let text = player.screen().lines().joined(separator: "\n")
        #expect(text.contains("second") && !text.contains("◤"))
    }

    @Test func keysStepSeekAndLeave() throws {
        let log = try RecordedLog()
        let story = try SessionStory.read(log.session, directory: log.directory)
        let frames = try RecordingReader(of: story, directory: log.directory, identities: [log.auditor]).frames
        var player = ReplayPlayer(
            story, ReplayTrack(all: frames), isProved: true, size: ScreenSize(columns: 120, rows: 40))
        player.advance(by: 60_000_000)
        #expect(player.screen().lines().joined().contains("4 of 4"))
        player.press(Stroke(.home))
        player.press(Stroke(.character(".")))
        #expect(!player.isPlaying)
        player.press(Stroke(.character("+")))
        #expect(player.screen().lines().joined().contains("×2"))
        player.press(Stroke(.character("e")))
        #expect(player.screen().lines().joined().contains("session.opened"))
        player.press(Stroke(.character("q")))
        #expect(player.isDone)
        #expect(ReplayPlayer.clock(3_723_400_000) == "1:02:03.4")
    }
}
