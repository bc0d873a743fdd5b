import Support
import Testing
import Wire

@testable import Age

/// The stock program's files (`Protocol/vectors/age.json`) and the program itself, both ways.
@Suite struct AgeFileTests {
    private static func plain(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 251) }
    }

    private static func entropy(seed: UInt64) -> AgeEntropy {
        var numbers = SplitMix64(seed: seed)
        return { count in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &numbers) } }
    }

    private struct Keys {
        var identities: [String: [AgeIdentity]] = [:]
        var recipients: [String: AgeRecipient] = [:]
        var files: [String: String] = [:]

        init() throws {
            let keys = try Vectors.load("age.json")[0]
            for name in ["x25519", "ssh"] {
                let file = try #require(keys[name]?["identity"]?.string)
                self.files[name] = file
                self.identities[name] = try AgeIdentity.all(inFile: Array(file.utf8))
                self.recipients[name] = try AgeRecipient(try #require(keys[name]?["recipient"]?.string))
            }
        }
    }

    @Test func filesOfTheStockProgramOpen() throws {
        let keys = try Keys()
        for vector in try Vectors.load("age.json").dropFirst() {
            let file = bytes(hex: try #require(vector["hex"]?.string))
            let plain = Self.plain(Int(try #require(vector["bytes"]?.number)))
            for name in try #require(vector["opens"]?.array).compactMap(\.string) {
                #expect(try AgeFile.decrypt(file, with: try #require(keys.identities[name])) == plain)
            }
        }
    }

    @Test func theStockProgramOpensOurs() throws {
        let (keys, tool) = (try Keys(), try AgeTool())
        let entropy = Self.entropy(seed: 1)
        for name in ["x25519", "ssh"] { try tool.write(Array(try #require(keys.files[name]).utf8), to: name) }
        for count in [0, 1, 65_535, 65_536, 65_537, 300_000] {
            let plain = Self.plain(count)
            let file = try AgeFile.encrypt(plain, to: Array(keys.recipients.values), entropy)
            for name in ["x25519", "ssh"] { #expect(try tool.decrypt(file, identity: name) == plain) }
        }
    }

    @Test func weOpenTheStockProgramsFiles() throws {
        let (keys, tool) = (try Keys(), try AgeTool())
        let lines = keys.recipients.values.map(\.text).joined(separator: "\n")
        try tool.write(Array(("# auditors\n\n" + lines + "\n").utf8), to: "recipients")
        for count in [0, 65_536, 131_073] {
            let plain = Self.plain(count)
            let file = try tool.encrypt(plain, recipients: "recipients")
            for identities in keys.identities.values {
                #expect(try AgeFile.decrypt(file, with: identities) == plain)
            }
        }
    }

    @Test func everyFlippedByteIsNoticed() throws {
        let keys = try Keys()
        let entropy = Self.entropy(seed: 2)
        let identity = try #require(keys.identities["x25519"])
        let file = try AgeFile.encrypt(Self.plain(100), to: [try #require(keys.recipients["x25519"])], entropy)
        for index in file.indices {
            var damaged = file
            damaged[index] ^= 1
            #expect(throws: AgeError.self) { _ = try AgeFile.decrypt(damaged, with: identity) }
        }
        for count in 0..<file.count {
            #expect(throws: AgeError.self) { _ = try AgeFile.decrypt(Array(file.prefix(count)), with: identity) }
        }
    }

    @Test func aFileCutBetweenTwoPiecesDoesNotOpen() throws {
        let keys = try Keys()
        let entropy = Self.entropy(seed: 3)
        let identity = try #require(keys.identities["x25519"])
        let plain = Self.plain(2 * AgeLimits.pieceBytesMax)
        let file = try AgeFile.encrypt(plain, to: [try #require(keys.recipients["x25519"])], entropy)
        #expect(try AgeFile.decrypt(file, with: identity) == plain)
        #expect(throws: AgeError.bodyForged) {
            _ = try AgeFile.decrypt(file.dropLast(AgeLimits.pieceBytesMax + 16), with: identity)
        }
    }

    @Test func aStrangersIdentityDoesNotOpen() throws {
        let entropy = Self.entropy(seed: 4)
        let (mine, other) = (AgeIdentity.generate(entropy), AgeIdentity.generate(entropy))
        let file = try AgeFile.encrypt([1], to: [mine.recipient], entropy)
        #expect(throws: AgeError.identityUnknown) { _ = try AgeFile.decrypt(file, with: [other]) }
        #expect(throws: AgeError.recipientsMissing) { _ = try AgeFile.encrypt([1], to: [], entropy) }
        #expect(throws: AgeError.headerMalformed) { _ = try AgeFile.decrypt([], with: [mine]) }
    }

    @Test func aFileIsReadForSoManyRecipientsAndNoMore() throws {
        let entropy = Self.entropy(seed: 6)
        let mine = AgeIdentity.generate(entropy)
        for (count, isRead) in [(AgeLimits.stanzaCountMax, true), (AgeLimits.stanzaCountMax + 1, false)] {
            let file = try AgeFile.encrypt([1], to: Array(repeating: mine.recipient, count: count), entropy)
            if isRead {
                #expect(try AgeFile.decrypt(file, with: [mine]) == [1])
            } else {
                #expect(throws: AgeError.headerMalformed) { _ = try AgeFile.decrypt(file, with: [mine]) }
            }
        }
    }

    @Test func aHeaderIsReadUpToItsLimit() throws {
        func header(_ count: Int) -> AgeHeader {
            AgeHeader(
                stanzas: [AgeStanza(words: ["x", String(repeating: "a", count: count)], body: [])],
                code: [UInt8](repeating: 0, count: 32))
        }
        let most = AgeLimits.headerBytesMax
        let room = most - header(0).bytes.count
        #expect(try AgeHeader.read(header(room).bytes + [1]).bodyStart == most)
        #expect(throws: AgeError.headerMalformed) { _ = try AgeHeader.read(header(room + 1).bytes + [1]) }
    }

    @Test func keysAreSpelledAsTheStockProgramSpellsThem() throws {
        let keys = try Keys()
        let identity = try #require(keys.identities["x25519"]?.first)
        #expect(identity.recipient == keys.recipients["x25519"])
        #expect(identity.text == keys.files["x25519"])
        let (text, ssh) = (identity.recipient.text, try #require(keys.recipients["ssh"]?.text))
        #expect(ssh.hasPrefix("ssh-ed25519 AAAA"))
        #expect(try AgeRecipient.all(inFile: "# us\n  \(text)\r\n\n\(ssh) auditor\n").count == 2)
        for wrong in ["", "age1", text.uppercased(), text + "q", "ssh-rsa AAAA", "age1" + text.dropFirst(5)] {
            #expect(throws: AgeError.recipientMalformed, "\(wrong)") { _ = try AgeRecipient(wrong) }
        }
        for wrong in ["", "\n# nothing\n", text, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"] {
            #expect(throws: AgeError.identityMalformed, "\(wrong)") {
                _ = try AgeIdentity.all(inFile: Array(wrong.utf8))
            }
        }
    }

    @Test func aPointOfLowOrderIsRefused() throws {
        let entropy = Self.entropy(seed: 5)
        #expect(throws: AgeError.recipientMalformed) {
            _ = try AgeFile.encrypt([1], to: [.x25519([UInt8](repeating: 0, count: 32))], entropy)
        }
    }
}
