import Glibc
import OpenSSH

/// One connection to ssh-agent: a request, its answer, the next. Blocking; used on the signer's thread.
struct SSHAgentConnection: ~Copyable {
    /// The relay waits 30 s for a login; a key that nobody touches in that time is of no use.
    private static let answerSeconds = 29

    private let descriptor: Int32

    init(path: String) throws(RepError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room else { throw RepError("The path of ssh-agent's socket is too long.") }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw RepError("No socket for ssh-agent (\(SmallFile.words(errno))).") }
        var patience = timeval(tv_sec: Self.answerSeconds, tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else {
            let words = SmallFile.words(errno)
            close(descriptor)
            throw RepError("ssh-agent does not answer at \(path) (\(words)).")
        }
        self.descriptor = descriptor
    }

    deinit {
        close(self.descriptor)
    }

    /// The signature of the key that `source` names over `text`.
    mutating func sign(_ text: LoginChallenge, source: KeySource) throws(RepError) -> SSHSignature {
        let key = try self.key(for: source)
        let reply = try self.ask(SSHAgent.signRequest(key: key, bytes: text.toBeSigned))
        do throws(SSHError) {
            return text.signature(of: key, value: try SSHAgent.signature(from: reply))
        } catch {
            throw RepError("ssh-agent: \(error).")
        }
    }

    private mutating func key(for source: KeySource) throws(RepError) -> SSHPublicKey {
        switch source {
        case .sshAgentIdentity(let file): return try Self.publicKey(in: file)
        case .sshAgent, .file: break
        }
        let reply = try self.ask(SSHAgent.identitiesRequest())
        let found: SSHAgent.Identities
        do throws(SSHError) {
            found = try SSHAgent.identities(from: reply)
        } catch {
            throw RepError("ssh-agent: \(error).")
        }
        guard let first = found.usable.first else {
            let others = found.unsupportedTypes.prefix(4).joined(separator: ", ")
            throw RepError(
                others.isEmpty
                    ? "ssh-agent holds no key. Add yours with ssh-add, or use --key FILE."
                    : "ssh-agent holds no ed25519 key (only \(others)). Add one with ssh-add, or use --key FILE.")
        }
        return first.key
    }

    private static func publicKey(in file: String) throws(RepError) -> SSHPublicKey {
        let bytes = try SmallFile.read(file, bytesMax: SSHLimits.keyBlobBytesMax)
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        do throws(SSHError) {
            return try SSHPublicKey(line: line)
        } catch {
            throw RepError("\(file): \(error).")
        }
    }

    /// Writes a request and reads the whole answer.
    private mutating func ask(_ request: [UInt8]) throws(RepError) -> [UInt8] {
        var sent = 0
        while sent < request.count {
            let start = sent
            let count = unsafe request.withUnsafeBytes { bytes in
                // MSG_NOSIGNAL: an ssh-agent that went away is an error here, not a signal.
                unsafe send(
                    self.descriptor, bytes.baseAddress.map { unsafe $0 + start }, bytes.count - start,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw RepError("ssh-agent went away (\(SmallFile.words(errno))).") }
            sent += count
        }
        return try self.answer()
    }

    private mutating func answer() throws(RepError) -> [UInt8] {
        var reader = SSHAgent.ReplyReader()
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(self.descriptor, &bytes, bytes.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw RepError("ssh-agent did not answer in \(Self.answerSeconds) s: was the key confirmed or touched?")
            }
            guard count > 0 else { throw RepError("ssh-agent closed the connection.") }
            do throws(SSHError) {
                if let reply = try reader.append(Array(bytes.prefix(count))) { return reply }
            } catch {
                throw RepError("ssh-agent: \(error).")
            }
        }
    }
}
