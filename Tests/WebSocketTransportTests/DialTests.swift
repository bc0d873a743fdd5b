import Foundation
import Testing
import WebSocketTransport
import Wire

@Suite struct DialTests {
    /// A loop that only dials, with a handler like the server's.
    private static func dialer(_ script: Script = Script(), authorities: String? = nil) throws -> LoopUnderTest {
        try LoopUnderTest(script, on: []) {
            $0.name = "dial"
            $0.authorities = authorities
        }
    }

    private static func dial(
        _ dialer: LoopUnderTest, port: UInt16, path: String = "/link", isSecure: Bool = false
    ) -> LinkID? {
        let target = DialTarget(host: isSecure ? "localhost" : "127.0.0.1", port: port, path: path, isSecure: isSecure)
        return dialer.run { $0.loop.dial(target) }
    }

    private static func failure(_ dialer: LoopUnderTest, _ link: LinkID?) -> DialFailure? {
        func failures(_ journal: [Heard]) -> [DialFailure] {
            journal.compactMap { heard in
                if case .dialFailed(let failed, let failure) = heard, failed == link { return failure }
                return nil
            }
        }
        guard let journal = dialer.journal.wait({ !failures($0).isEmpty }) else { return nil }
        return failures(journal).count == 1 ? failures(journal)[0] : nil
    }

    private static let quiet: Script = {
        var script = Script()
        script.message = { _, _, _ in }
        return script
    }()

    /// Both forms of the length, and more than the gather area.
    @Test(arguments: [0, 1, 125, 126, 65_535, 65_536, 200_000]) func aDialledLinkTalksBothWays(_ size: Int) throws {
        let server = try LoopUnderTest()
        let dialer = try Self.dialer(Self.quiet)
        let link = try #require(Self.dial(dialer, port: server.port))
        #expect(dialer.journal.wait { $0.contains(.dialOpened(link)) } != nil)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        dialer.perform { $0.send(link, [SharedFrame(bytes), SharedFrame([1]), SharedFrame(bytes)]) }
        let echoed: [Heard] = [.message(link, bytes), .message(link, [1]), .message(link, bytes)]
        let isEchoed = dialer.journal.wait { $0.filter(echoed.contains).count == 3 } != nil
        #expect(isEchoed)
        let isInOrder = dialer.journal.current.filter(echoed.contains) == echoed
        #expect(isInOrder)
        let facts = try #require(server.shared.requests.current.first)
        #expect(facts.origin == .absent)
        #expect(facts.path == "/link")
        #expect(facts.host == "127.0.0.1:\(server.port)")
    }

    @Test func aMessageLargerThanTheGatherAreaIsMaskedWhole() throws {
        let server = try LoopUnderTest { $0.limits.messageBytesMax = 1_000_000 }
        let dialer = try LoopUnderTest(Self.quiet, on: []) {
            $0.limits.messageBytesMax = 1_000_000
            $0.limits.gatherBytesMax = 16 * 1024
        }
        let link = try #require(Self.dial(dialer, port: server.port))
        #expect(dialer.journal.wait { $0.contains(.dialOpened(link)) } != nil)
        let bytes = [UInt8](repeating: 0x5A, count: 700_000)
        dialer.perform { $0.send(link, [SharedFrame(bytes)]) }
        #expect(dialer.journal.wait { $0.contains(.message(link, bytes)) } != nil)
    }

    @Test func closesGoBothWays() throws {
        let server = try LoopUnderTest()
        let dialer = try Self.dialer()
        let first = try #require(Self.dial(dialer, port: server.port))
        #expect(dialer.journal.wait { $0.contains(.dialOpened(first)) } != nil)
        #expect(server.journal.wait { !$0.isEmpty } != nil)
        let served = server.openedLinks[0]
        dialer.perform { $0.loop.close(first, code: 4100, reason: "by dialler") }
        #expect(server.closing(of: served) == LinkClose(code: 4100, reason: "by dialler", side: .peer))
        #expect(dialer.closing(of: first) == LinkClose(code: 4100, reason: "by dialler", side: .us))

        let second = try #require(Self.dial(dialer, port: server.port))
        #expect(dialer.journal.wait { $0.contains(.dialOpened(second)) } != nil)
        #expect(
            server.journal.wait { $0.contains { if case .opened(let id) = $0 { id != served } else { false } } } != nil)
        let next = server.openedLinks[1]
        server.perform { $0.loop.close(next, code: 4200, reason: "by relay") }
        #expect(dialer.closing(of: second) == LinkClose(code: 4200, reason: "by relay", side: .peer))
        #expect(server.closing(of: next) == LinkClose(code: 4200, reason: "by relay", side: .us))
    }

    @Test func pingsKeepADialledLinkAlive() throws {
        let server = try LoopUnderTest { $0.limits.pingInterval = .seconds(3600) }
        let dialer = try LoopUnderTest(on: []) {
            $0.limits.pingInterval = .milliseconds(80)
            $0.limits.hangUpInterval = .milliseconds(800)
        }
        let link = try #require(Self.dial(dialer, port: server.port))
        #expect(dialer.journal.wait { $0.contains(.dialOpened(link)) } != nil)
        // Past the hang-up: several pings were answered by then.
        dialer.perform { $0.loop.setDeadline($0.loop.now + 1_500_000_000) }
        #expect(dialer.journal.wait { $0.contains(.deadline) } != nil)
        #expect(dialer.run { $0.loop.canWrite(link) } == true)
        #expect((dialer.run { $0.loop.counters.sends } ?? 0) > 3)
    }

    @Test func aRefusalNamesItsStatus() throws {
        var script = Script()
        script.decide = { _ in .refuse(status: 403) }
        let server = try LoopUnderTest(script)
        let dialer = try Self.dialer()
        let failure = Self.failure(dialer, Self.dial(dialer, port: server.port, path: "/wrong"))
        #expect(failure == DialFailure(kind: .refused, status: 403, words: "the relay answered 403"))
    }

    @Test func nobodyListeningIsUnreachable() throws {
        let socket = try ListeningSocket.bind(host: "127.0.0.1", port: 0)
        socket.close()
        let dialer = try Self.dialer()
        let failure = Self.failure(dialer, Self.dial(dialer, port: socket.port))
        #expect(failure?.kind == .unreachable)
        #expect(failure?.words.isEmpty == false)
        #expect(dialer.run { $0.loop.connectionCount } == 0)
    }

    @Test func aServerThatNeverAnswersIsGivenUp() throws {
        let socket = try ListeningSocket.bind(host: "127.0.0.1", port: 0)
        defer { socket.close() }
        let dialer = try LoopUnderTest(on: []) { $0.limits.handshakeSeconds = 1 }
        let failure = Self.failure(dialer, Self.dial(dialer, port: socket.port))
        #expect(failure != nil)
    }

    @Test func aSecureLinkTalks() throws {
        let files = try Certificate()
        let server = try files.server()
        let dialer = try Self.dialer(Self.quiet, authorities: files.certificate)
        let link = try #require(Self.dial(dialer, port: server.port, isSecure: true))
        #expect(dialer.journal.wait { $0.contains(.dialOpened(link)) } != nil)
        let bytes = [UInt8](repeating: 3, count: 150_000)
        dialer.perform { $0.send(link, [SharedFrame([7]), SharedFrame(bytes)]) }
        #expect(dialer.journal.wait { $0.contains(.message(link, [7])) && $0.contains(.message(link, bytes)) } != nil)
        #expect(server.shared.requests.current.first?.isSecure == true)
        dialer.perform { $0.loop.close(link, code: 4300, reason: "done") }
        #expect(dialer.closing(of: link)?.code == 4300)
        #expect(server.closing(of: server.openedLinks[0])?.code == 4300)
    }

    @Test func aCertificateOfAStrangerIsATLSFailure() throws {
        let server = try Certificate().server()
        let dialer = try Self.dialer()
        let failure = Self.failure(dialer, Self.dial(dialer, port: server.port, isSecure: true))
        #expect(failure?.kind == .tls)
        #expect(server.openedLinks.isEmpty)
    }

    @Test func aSecureSocketWithoutFilesDoesNotStart() throws {
        let socket = try ListeningSocket.bind(host: "127.0.0.1", port: 0)
        defer { socket.close() }
        for tls in [nil, LoopConfiguration.TLSFiles(certificate: "/none/a.pem", privateKey: "/none/b.pem")] {
            #expect(throws: TransportError(.makeServer)) {
                try LoopUnderTest(on: [socket]) {
                    $0.listeners = [LoopConfiguration.Listener(socket, isSecure: true)]
                    $0.tls = tls
                }
            }
        }
    }

    @Test(arguments: [
        ("ws://relay.example", DialTarget(host: "relay.example", port: 80, path: "/", isSecure: false)),
        ("wss://relay.example", DialTarget(host: "relay.example", port: 443, path: "/", isSecure: true)),
        ("ws://127.0.0.1:8080/rep?a=1", DialTarget(host: "127.0.0.1", port: 8080, path: "/rep?a=1", isSecure: false)),
        ("wss://[::1]:9443/rep", DialTarget(host: "::1", port: 9443, path: "/rep", isSecure: true)),
        ("ws://host?x", DialTarget(host: "host", port: 80, path: "/?x", isSecure: false)),
    ])
    func aURLIsRead(_ url: String, _ target: DialTarget) {
        #expect(DialTarget(url: url) == target)
    }

    @Test(arguments: [
        "http://a", "ws://", "ws://:80", "ws://a:0", "ws://a:65536", "ws://a:x", "ws://[::1", "ws://[::1]x", "ws://a b",
        "ws://user@a", "ws://a/#f", "ws://a/\r\nX: y",
    ])
    func whatIsNoURLIsRefused(_ url: String) { #expect(DialTarget(url: url) == nil) }
}

/// A certificate for localhost that signs itself, in files that go with it.
final class Certificate {
    private let folder: URL
    var certificate: String { self.folder.appending(path: "certificate.pem").path }
    var privateKey: String { self.folder.appending(path: "key.pem").path }

    init() throws {
        self.folder = FileManager.default.temporaryDirectory.appending(path: "alongside-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.privateKey, "-out",
            self.certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    /// A loop that speaks TLS with this certificate on its only socket.
    func server(_ configure: (inout LoopConfiguration) -> Void = { _ in }) throws -> LoopUnderTest {
        try LoopUnderTest {
            $0.listeners = $0.listeners.map { LoopConfiguration.Listener($0.socket, isSecure: true) }
            $0.tls = LoopConfiguration.TLSFiles(certificate: self.certificate, privateKey: self.privateKey)
            configure(&$0)
        }
    }
}
