import Glibc
import Terminal
import Testing

@testable import AuditReplay

@Suite struct ReplayFrontTests {
    @Test func aKeyThatWasTypedBeforeItBeganEndsTheReplayAndTheTerminalIsAsItWas() throws {
        let log = try RecordedLog()
        let story = try SessionStory.read(log.session, directory: log.directory)
        let frames = try RecordingReader(of: story, directory: log.directory, identities: [log.auditor]).frames
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        try #require(unsafe openpty(&ends.master, &ends.slave, &name, nil, nil) == 0)
        defer { _ = (close(ends.master), close(ends.slave)) }
        let path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let device = try TerminalDevice.open(path: path)
        let keys = Array("q".utf8)
        #expect(unsafe write(ends.master, keys, keys.count) == keys.count)
        let player = ReplayPlayer(
            story, ReplayTrack(all: frames), isProved: true, size: ScreenSize(columns: 80, rows: 24))
        try ReplayFront(player, device: device, environment: TerminalEnvironment(term: "xterm")).run()
        var settings = termios()
        unsafe tcgetattr(ends.slave, &settings)
        #expect(settings.c_lflag & tcflag_t(ICANON) != 0)
    }
}
