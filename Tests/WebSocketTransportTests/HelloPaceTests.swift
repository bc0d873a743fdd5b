import Foundation
import Glibc
import Testing

@testable import WebSocketTransport

/// How fast TLS handshakes begin beside open links, and what of them a loop refuses.
@Suite struct HelloPaceTests {
    private static let second: UInt64 = 1_000_000_000

    /// A pace after `count` handshakes in one moment.
    private static func pace(begun count: Int, _ limits: TransportLimits) -> HelloPace {
        var pace = HelloPace()
        for _ in 0..<count { pace.began(now: 10 * Self.second, limits: limits) }
        return pace
    }

    private static func pause(_ pace: HelloPace, at now: UInt64 = 10 * Self.second, _ limits: TransportLimits) -> UInt64
    {
        var pace = pace
        return pace.pause(after: 1000, now: now, limits: limits)
    }

    @Test func handshakesTakeTheirPartOfTheTimeAndInAStormTheSmallerOne() {
        let limits = TransportLimits()
        let most = limits.secureUnfinishedCountMax
        #expect(Self.pause(Self.pace(begun: most, limits), limits) == 19_000)
        #expect(Self.pause(Self.pace(begun: most + 1, limits), limits) == 99_000)
    }

    @Test(arguments: [1, 5, 50, 100]) func aPauseLeavesHandshakesTheirPercentage(_ most: Int) {
        var limits = TransportLimits()
        limits.secureAcceptPercentageMax = most
        let pause = Self.pause(Self.pace(begun: 1, limits), limits)
        // 1000 ns are that part of the whole.
        #expect((1000 + pause) * UInt64(most) / 100 == 1000)
    }

    @Test func whoComesToARequestIsNoStorm() {
        let limits = TransportLimits()
        var pace = Self.pace(begun: limits.secureUnfinishedCountMax + 1, limits)
        pace.finished()
        #expect(Self.pause(pace, limits) == 19_000)
        // Links that were opened without TLS are no credit.
        for _ in 0..<1000 { pace.finished() }
        for _ in 0...limits.secureUnfinishedCountMax { pace.began(now: 10 * Self.second, limits: limits) }
        #expect(Self.pause(pace, limits) == 99_000)
    }

    @Test func aStormIsForgivenAsFastAsHandshakesMayTake() {
        let limits = TransportLimits()
        let most = limits.secureUnfinishedCountMax
        let pace = Self.pace(begun: 2 * most, limits)
        let patience = UInt64(limits.handshakeSeconds) * Self.second
        #expect(Self.pause(pace, at: 10 * Self.second + patience - patience / UInt64(most), limits) == 99_000)
        #expect(Self.pause(pace, at: 10 * Self.second + patience, limits) == 19_000)
    }

    @Test func theSmallerPartIsNeverTheLarger() {
        var limits = TransportLimits()
        limits.secureStormPercentageMax = 50
        #expect(Self.pause(Self.pace(begun: 1000, limits), limits) == 19_000)
    }

    @Test func secondHellosAreAnsweredOneAnInterval() {
        let limits = TransportLimits()
        let interval = limits.secondHelloInterval.nanoseconds
        var pace = HelloPace()
        let answers = [0, 1, interval - 1, interval, interval + 1, 5 * interval].map {
            pace.allowsSecond(now: Self.second + $0, limits: limits)
        }
        #expect(answers == [true, false, false, true, false, true])
    }

    /// What a client of OpenSSL with these options sees of a handshake.
    private static func dial(_ server: borrowing LoopUnderTest, _ options: String) throws -> String {
        try Self.shell("openssl s_client -msg -connect 127.0.0.1:\(server.port) \(options) </dev/null 2>&1")
    }

    private static func shell(_ commands: String) throws -> String {
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", commands]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        return text
    }

    private static func helloCount(_ text: String) -> Int { text.components(separatedBy: "ClientHello").count - 1 }

    @Test func aClientThatGuessedAnotherCurveIsAskedAgainUnlessAnotherJustWas() throws {
        let server = try Certificate().server { $0.limits.secondHelloInterval = .seconds(600) }
        // Nobody is there to be held up.
        for _ in 0..<2 {
            let text = try Self.dial(server, "-tls1_3 -groups P-384:X25519")
            #expect(Self.helloCount(text) == 2 && text.contains("Cipher is TLS_"))
        }
        server.perform { $0.loop.openCount += 1 }
        let first = try Self.dial(server, "-tls1_3 -groups P-384:X25519")
        #expect(Self.helloCount(first) == 2 && first.contains("Cipher is TLS_"))
        let second = try Self.dial(server, "-tls1_3 -groups P-384:X25519")
        #expect(Self.helloCount(second) == 2 && second.contains("Cipher is (NONE)"))
        // Who needs no second one is served.
        #expect(try Self.dial(server, "-tls1_3").contains("Cipher is TLS_"))
        server.perform { $0.loop.openCount -= 1 }
    }

    /// With a key of RSA, which could carry the secret itself.
    @Test(arguments: [
        ("-tls1_2", true), ("-tls1_2 -groups P-256", true), ("-tls1_3 -groups P-256", true),
        ("-tls1_2 -cipher AES128-GCM-SHA256", false), ("-tls1_2 -groups P-384", false),
        ("-tls1_3 -groups P-521", false), ("-tls1_1 -cipher ALL:@SECLEVEL=0", false),
    ])
    func onlyWhatIsCheapAndSignsInTheFirstAnswerIsSpoken(_ options: String, _ isSpoken: Bool) throws {
        let files = try Certificate()
        _ = try Self.shell(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
                + " -keyout \(files.privateKey) -out \(files.certificate) 2>&1")
        let text = try Self.dial(try files.server(), options)
        #expect(text.contains("Cipher is (NONE)") != isSpoken)
    }
}
