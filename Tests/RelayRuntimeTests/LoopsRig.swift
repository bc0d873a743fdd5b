import AuditCore
import AuditStore
import Foundation
import Glibc
import Logging
import OpenSSH
import PairingCore
import RelayCore
import Synchronization
import WebSocketTransport
import Wire

@testable import RelayRuntime

/// The relays of a daemon with so many loops, each with a listening socket of its own, so that a test chooses the loop
/// on which a link lands.
final class LoopsRig {
    static let relay = "ws://relay.test"
    static let origin = "https://shop.test"

    let folder: URL
    let key: SSHPrivateKey
    let audit: AuditLog
    let mailboxes: [Mailbox]
    let ports: [UInt16]
    /// Taken by a loop that was asked for `/hold`, until the test gives it back.
    let hold = DispatchSemaphore(value: 0)
    let held = DispatchSemaphore(value: 0)
    private let loops: [ServiceLoopHandle]
    private let sockets: [ListeningSocket]
    private let verifier: LoginVerifier
    private let drain = DrainGate()
    /// Passed by the loops that have no session left after `failAudit`.
    let unrecorded = DrainGate()

    /// Longer than any test.
    private static let never = Duration.seconds(600)

    init(
        loops count: Int, provesFrames: Bool = true, socketSendBytes: Int32? = nil,
        _ change: (inout Configuration) -> Void = { _ in }
    ) throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent("loops-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        self.key = try Self.makeKey(self.folder)
        var configuration = Configuration()
        configuration.loopCount = count
        configuration.relayNames = [Self.relay]
        configuration.sites = [.init(key: "demo", name: "demo", origins: [Self.origin])]
        configuration.reps = [.init(principal: "ana", name: "Ana", languages: ["en"], sites: [])]
        configuration.limits.seatsPerRepMax = 32
        configuration.limits.linksPerAddressMax = 10_000
        // One thread plays everybody, on a machine that may be busy: no peer is late here.
        configuration.limits.helloDurationMax = Self.never
        configuration.limits.pairing.loginDurationMax = Self.never
        configuration.limits.session.seatBehindDurationMax = Self.never
        configuration.limits.session.seatStalledDurationMax = Self.never
        configuration.limits.session.keyframeAnswerDurationMax = Self.never
        change(&configuration)
        let limits = configuration.limits
        let mailboxes = (0..<count).map { _ in Mailbox(limits: limits) }
        self.mailboxes = mailboxes
        self.audit = try AuditLog.open(
            directory: self.folder.appendingPathComponent("audit").path, program: "test",
            options: AuditOptions()
        ) { notice in
            for mailbox in mailboxes {
                switch notice {
                case .durable(let ticket): mailbox.post(.durable(ticket))
                case .failed(let error): mailbox.post(.auditFailed(error))
                case .reopened, .checkpoint, .receipt, .unpublished: break
                }
            }
        }
        let line = Array(try Data(contentsOf: self.folder.appendingPathComponent("key.pub")))
        let (signers, _) = AllowedSigners.read(Array("ana ".utf8) + line)
        self.verifier = LoginVerifier(signers: signers, countMax: 64) { mailboxes[0].post(.login($0, $1)) }
        let (hold, held, drain, unrecorded) = (self.hold, self.held, self.drain, self.unrecorded)
        var parts = Relay.Parts(
            configuration: configuration, audit: self.audit, mailboxes: mailboxes, index: 0, linkCount: LinkCount(),
            verifier: self.verifier, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            drained: { drain.pass($0) }
        ) { request in
            guard request.path == "/hold" else { return nil }
            held.signal()
            hold.wait()
            return nil
        }
        parts.provesFrames = provesFrames
        parts.unrecordedOver = { unrecorded.pass($0) }
        var (handles, sockets): ([ServiceLoopHandle], [ListeningSocket]) = ([], [])
        for index in 0..<count {
            var own = parts
            own.index = index
            var loop = LoopConfiguration()
            loop.limits.connectionsPerAddressMax = 10_000
            // A peer answers a ping only while the test reads from it.
            loop.limits.pingInterval = .seconds(600)
            loop.limits.hangUpInterval = .seconds(900)
            loop.limits.handshakeSeconds = 600
            loop.limits.messageDurationMax = Self.never
            loop.limits.sendStallMax = Self.never
            if let socketSendBytes { loop.limits.socketSendBytes = socketSendBytes }
            let socket = try ListeningSocket.bind(host: "127.0.0.1", port: 0)
            loop.listeners = [.init(socket)]
            sockets.append(socket)
            let (sent, configured) = (own, loop)
            let handle = try ServiceLoop.start(configured) { Relay(sent, loop: $0) }
            handles.append(handle)
            mailboxes[index].connect { handle.wake() }
        }
        self.loops = handles
        self.sockets = sockets
        self.ports = sockets.map(\.port)
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    private static func makeKey(_ folder: URL) throws -> SSHPrivateKey {
        let path = folder.appendingPathComponent("key")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ssh-keygen")
        process.arguments = ["-q", "-t", "ed25519", "-N", "", "-f", path.path]
        try process.run()
        process.waitUntilExit()
        return try SSHPrivateKey(file: Array(try Data(contentsOf: path)))
    }

    /// Tells all loops that the log has failed.
    func failAudit() {
        for mailbox in self.mailboxes {
            mailbox.post(.auditFailed(.disk(operation: "write", file: "wal", errno: EIO)))
        }
    }

    /// As `Daemon.stop` does it.
    func stop() {
        for mailbox in self.mailboxes { mailbox.post(.drain) }
        self.drain.wait(for: self.loops.count, atMost: .seconds(120))
        for loop in self.loops { loop.requestStop(code: 4000, reason: "", patience: .seconds(1)) }
        for loop in self.loops { loop.join() }
        for socket in self.sockets { socket.close() }
        self.verifier.stop()
        self.audit.close()
    }

    /// The records of the log, as they stand in it. After `stop`.
    func auditLines() throws -> [String] {
        let disk = try AuditDisk.system(
            directory: self.folder.appendingPathComponent("audit").path, forWriting: false)
        defer { disk.release() }
        var lines: [String] = []
        _ = try LogReader.read(disk) { _, line in lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }

    /// Frames handed over to each loop so far.
    var handedOver: [Int] { self.mailboxes.map(\.framesTaken) }
}

/// A shop page's script.
final class ShopperPeer {
    let peer: Peer
    private(set) var welcome: Welcome
    private(set) var pageSequence: UInt32 = 0
    private var cursorSequence: UInt32 = 0
    /// Every page and cursor frame that was sent on this link.
    private(set) var sent: [[UInt8]] = []

    init(_ rig: LoopsRig, loop: Int, resume: String? = nil) throws {
        self.peer = try Peer(port: rig.ports[loop], path: "/shopper", origin: LoopsRig.origin)
        try self.peer.upgraded()
        let page = PageFacts(url: "https://shop.test/", title: "Shop", language: "en")
        try self.peer.control(.hello, Hello(site: "demo", page: page, resume: resume).body())
        self.welcome = try Welcome(body: try self.peer.receive(.welcome).body)
    }

    /// A new session whose consent is on disk.
    static func live(_ rig: LoopsRig, loop: Int) throws -> ShopperPeer {
        let shopper = try ShopperPeer(rig, loop: loop)
        try shopper.synced()
        return shopper
    }

    /// The consent, which is acknowledged each time it comes: everything before it has arrived then.
    func synced() throws {
        let consent = Consent(decision: .given, text: "view-1", language: "en", scope: ["view"])
        try self.peer.send(
            Frame(.consent, session: self.welcome.number, sequence: 1, captureTime: 1, body: consent.body()).bytes)
        _ = try self.peer.receive(.acknowledge)
    }

    func page(_ kind: FrameKind, bytes: Int = 40) throws { try self.peer.send(self.nextPage(kind, bytes: bytes)) }

    /// The next page frame, which the caller sends.
    func nextPage(_ kind: FrameKind, bytes: Int = 40) -> [UInt8] {
        self.pageSequence += 1
        let body = [UInt8](repeating: UInt8(truncatingIfNeeded: self.pageSequence), count: bytes)
        let frame = Frame(
            kind, session: self.welcome.number, sequence: self.pageSequence, captureTime: 1, body: body
        ).bytes
        self.sent.append(frame)
        return frame
    }

    /// Sends a keyframe once the relay asks.
    func answerKeyframeRequest() throws {
        _ = try self.peer.receive(.keyframeRequest)
        try self.page(.keyframe)
    }

    func cursor() throws { try self.peer.send(self.nextCursor()) }

    /// The next cursor frame, which the caller sends.
    func nextCursor() -> [UInt8] {
        self.cursorSequence += 1
        let frame = Frame(
            .cursor, session: self.welcome.number, sequence: self.cursorSequence, captureTime: 1,
            body: Array("[\(self.cursorSequence),7]".utf8)
        ).bytes
        self.sent.append(frame)
        return frame
    }

    /// Waits until it is said whether anyone watches.
    func watched(_ on: Bool) throws {
        _ = try self.peer.receive(.watch) { frame in (try? Watch(body: frame.body).on) == on }
    }
}

/// A rep's terminal client, logged in.
final class RepPeer {
    let peer: Peer
    /// For the next link.
    private(set) var token = ""

    init(_ rig: LoopsRig, loop: Int, receiveBytes: Int32? = nil) throws {
        self.peer = try Peer(port: rig.ports[loop], path: "/rep", receiveBytes: receiveBytes)
        try self.peer.upgraded()
        try self.login(rig, try Challenge(body: try self.peer.receive(.challenge).body))
    }

    /// Comes with a token, for seats that were held over another link; not yet answered.
    init(_ rig: LoopsRig, loop: Int, token: String, seats: [Resume.Seat]) throws {
        self.peer = try Peer(port: rig.ports[loop], path: "/rep")
        try self.peer.upgraded()
        self.challenge = try Challenge(body: try self.peer.receive(.challenge).body)
        try self.peer.control(.resume, Resume(token: token, seats: seats).body())
    }

    /// The challenge of a link that came with a token.
    private(set) var challenge: Challenge?

    /// The token was good.
    func resumed() throws { self.token = try Ready(body: try self.peer.receive(.ready).body).resume ?? "" }

    func login(_ rig: LoopsRig, _ challenge: Challenge) throws {
        let text = try LoginChallenge(
            relay: LoopsRig.relay, principal: "ana",
            nonce: try Base64.decode(Array(challenge.nonce.utf8), bytesMax: 32),
            counterNonce: [UInt8](repeating: 7, count: 32))
        let signature = text.signature(of: rig.key.publicKey, value: try rig.key.sign(text.toBeSigned))
        let login = Login(
            principal: "ana", nonce: challenge.nonce, cnonce: Base64.encode(text.counterNonce),
            relay: LoopsRig.relay, signature: signature.armored)
        try self.peer.control(.login, login.body())
        try self.resumed()
    }

    /// Takes a seat; the frames from here on are in `peer.pages`.
    @discardableResult
    func accept(_ shopper: ShopperPeer, cursor: Bool = true) throws -> Seated {
        try self.peer.control(.accept, Accept(session: shopper.welcome.session, cursor: cursor).body())
        return try self.seated(shopper)
    }

    /// Waits for the seat.
    func seated(_ shopper: ShopperPeer) throws -> Seated {
        try Seated(body: try self.peer.receive(.seated) { $0.header.session == shopper.welcome.number }.body)
    }

    func leave(_ shopper: ShopperPeer) throws {
        try self.peer.control(.leave, Leave(session: shopper.welcome.session).body())
    }

    /// The seat as it is said at the next link, with the last frame that it was sent but for `missed` of them.
    func seat(_ shopper: ShopperPeer, missed: Int = 0) -> Resume.Seat {
        let last = self.pages(of: shopper).dropLast(missed).last { $0.kind?.lane == .page }
        return .init(
            session: shopper.welcome.session, last: last.map { FrameMark(sequence: $0.sequence, captureTime: 1) })
    }

    /// What it was sent of the session.
    func pages(of shopper: ShopperPeer) -> [[UInt8]] {
        self.peer.pages.filter { $0.session == shopper.welcome.number }
    }
}

extension [UInt8] {
    /// Of a whole frame: the session number.
    var session: UInt32 { self[4..<8].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    /// Of a whole frame: its sequence.
    var sequence: UInt32 { self[8..<12].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    /// Of a whole frame: its kind.
    var kind: FrameKind? { FrameKind(rawValue: self[1]) }
}
