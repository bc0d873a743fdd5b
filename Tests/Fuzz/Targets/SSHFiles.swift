import OpenSSH

extension FuzzTarget {
    /// A letter, then what it names: see the cases.
    static func ssh(_ input: [UInt8]) throws(BrokenPromise) {
        let rest = Array(input.dropFirst())
        switch input.first {
        case UInt8(ascii: "a"): try Self.signers(rest)
        case UInt8(ascii: "v"): try Self.problems(AllowedSigners.readRevoked(rest).problems)
        case UInt8(ascii: "g"): try Self.signature(try? SSHSignature(armored: rest), blob: nil)
        case UInt8(ascii: "b"): try Self.signature(try? SSHSignature(blob: rest), blob: rest)
        case UInt8(ascii: "k"): try Self.key(try? SSHPublicKey(blob: rest))
        case UInt8(ascii: "l"): try Self.key(try? SSHPublicKey(line: String(decoding: rest, as: UTF8.self)))
        case UInt8(ascii: "p"): try Self.privateKey(rest)
        case UInt8(ascii: "q"): try Self.privateKey(Self.armoured(rest))
        case UInt8(ascii: "i"): try Self.identities(rest)
        case UInt8(ascii: "s"): _ = try? SSHAgent.signature(from: rest)
        case UInt8(ascii: "r"): try Self.replies(rest)
        case UInt8(ascii: "e"): try Self.base64(rest)
        case .some, nil: break
        }
    }

    private static func signers(_ file: [UInt8]) throws(BrokenPromise) {
        let (signers, problems) = AllowedSigners.read(file, zoneOffset: 7200)
        try Self.problems(problems)
        try promise("no more keys than the limit", signers.count <= SSHLimits.signerCountMax)
        guard let key = Self.sampleKey else { return }
        for principal in ["mari@example.com", "jaan", ""] {
            for now in [0, 1_800_000_000, Int64.max] {
                let standing = signers.check(
                    principal: principal, key: key, namespace: LoginChallenge.namespace, now: now)
                let revoked = signers.revoking([key]).check(
                    principal: principal, key: key, namespace: LoginChallenge.namespace, now: now)
                if case .allowed(let line) = standing {
                    try promise("a line that allows stands in the file", line > 0 && signers.count > 0)
                    try promise("a revoked key is refused", revoked == .refused(.revoked))
                } else {
                    try promise("revoking a key lets nobody in", revoked == standing)
                }
            }
        }
    }

    /// RFC 8032, section 7.1, test 1.
    private static let sampleKey = try? SSHPublicKey(ed25519: [
        0xD7, 0x5A, 0x98, 0x01, 0x82, 0xB1, 0x0A, 0xB7, 0xD5, 0x4B, 0xFE, 0xD3, 0xC9, 0x64, 0x07, 0x3A, 0x0E, 0xE1,
        0x72, 0xF3, 0xDA, 0xA6, 0x23, 0x25, 0xAF, 0x02, 0x1A, 0x68, 0xF7, 0x07, 0x51, 0x1A,
    ])

    private static func problems(_ problems: [SignersProblem]) throws(BrokenPromise) {
        try promise("no more problems than the limit", problems.count <= SSHLimits.problemCountMax)
        let isPrintable = problems.allSatisfy { $0.description.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
        try promise("a problem is told in printable ASCII", isPrintable)
    }

    private static func signature(_ signature: SSHSignature?, blob: [UInt8]?) throws(BrokenPromise) {
        guard let signature else { return }
        if let blob { try promise("a signature's blob is what was read", signature.blob == blob) }
        let again = try? SSHSignature(armored: Array(signature.armored.utf8))
        try promise("a signature is written and read again as the same", again == signature)
        let message = Array("Alongside test vector\n".utf8)
        let other = signature.check(message: message, namespace: signature.namespace + "x")
        try promise("a signature holds for its own namespace only", other == .otherNamespace(signature.namespace))
        _ = signature.check(message: message, namespace: signature.namespace)
        try Self.key(signature.key)
    }

    private static func key(_ key: SSHPublicKey?) throws(BrokenPromise) {
        guard let key else { return }
        try promise("a key's line is read again as the same", (try? SSHPublicKey(line: key.line)) == key)
        try promise("a fingerprint has 50 characters", key.fingerprint.utf8.count == 50)
    }

    private static func privateKey(_ file: [UInt8]) throws(BrokenPromise) {
        guard let key = try? SSHPrivateKey(file: file) else { return }
        try Self.key(key.publicKey)
        let isPrintable = key.comment.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        try promise("a comment is printable ASCII", isPrintable)
        guard let value = try? key.sign(SSHSignature.toBeSigned([], namespace: "fuzz")) else {
            throw BrokenPromise(description: "a private key that was read signs")
        }
        let signature = SSHSignature(key: key.publicKey, namespace: "fuzz", value: value)
        try promise(
            "a private key signs for its public half", signature.check(message: [], namespace: "fuzz") == .valid)
    }

    /// The text form of a private key, so that its inside can be reached without guessing base64.
    private static func armoured(_ bytes: [UInt8]) -> [UInt8] {
        let label = "OPENSSH PRIVATE KEY"
        return Array("-----BEGIN \(label)-----\n\(Base64.encode(bytes))\n-----END \(label)-----\n".utf8)
    }

    private static func identities(_ reply: [UInt8]) throws(BrokenPromise) {
        guard let found = try? SSHAgent.identities(from: reply) else { return }
        let count = found.usable.count + found.unsupportedTypes.count
        try promise("no more identities than the limit", count <= SSHLimits.agentIdentityCountMax)
        for identity in found.usable {
            try Self.key(identity.key)
            let isPrintable = identity.comment.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            try promise("a comment is printable ASCII", isPrintable && identity.comment.utf8.count <= 255)
        }
    }

    /// The first byte is the size of the pieces in which the answer arrives.
    private static func replies(_ input: [UInt8]) throws(BrokenPromise) {
        let size = Int(input.first ?? 0) % 16 + 1
        let answer = Array(input.dropFirst())
        var reader = SSHAgent.ReplyReader()
        var place = 0
        while place < answer.count {
            let piece = Array(answer[place..<min(place + size, answer.count)])
            let reply: [UInt8]?
            do throws(SSHError) {
                reply = try reader.append(piece)
            } catch {
                return
            }
            place += piece.count
            guard let reply else { continue }
            let isTail = reply.elementsEqual(answer[..<place].suffix(reply.count))
            try promise("an answer is what its length says", isTail)
        }
    }

    private static func base64(_ text: [UInt8]) throws(BrokenPromise) {
        guard let bytes = try? Base64.decode(text, bytesMax: 4096) else { return }
        try promise("base64 has one spelling", Array(Base64.encode(bytes).utf8) == text)
    }
}
