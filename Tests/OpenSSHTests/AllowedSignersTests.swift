import OpenSSH
import Testing

@Suite struct AllowedSignersTests {
    private static let noon: Int64 = 1_790_000_000  // 2026-09-21 14:13:20 UTC

    private static var key: SSHPublicKey {
        get throws { try SSHPublicKey(line: Vector.publicKeyLine) }
    }

    private static func standing(
        _ prefix: String, principal: String = "alice", namespace: String = Vector.namespace, now: Int64 = Self.noon,
        zoneOffset: Int64 = 0
    ) throws -> AllowedSigners.Standing {
        let file = Array("\(prefix) \(Vector.publicKeyLine)\n".utf8)
        let (signers, problems) = AllowedSigners.read(file, zoneOffset: zoneOffset)
        #expect(problems.isEmpty)
        return signers.check(principal: principal, key: try Self.key, namespace: namespace, now: now)
    }

    private static func problem(_ line: String) -> String? {
        let (signers, problems) = AllowedSigners.read(Array(line.utf8))
        #expect(signers.count == 0)
        return problems.first?.description
    }

    @Test(arguments: [
        ("alice", true), ("bob,alice", true), ("al*", true), ("?lice", true), ("*", true), ("\"alice\"", true),
        ("Alice", false), ("alic", false), ("alice?", false), ("*,!alice", false), ("!bob,*", true),
        ("!alice", false), ("a*c*e", true), ("*bob", false), ("al**", true),
    ]) func principalsArePatterns(list: String, isAllowed: Bool) throws {
        #expect(try (Self.standing(list) == .allowed(line: 1)) == isAllowed)
    }

    @Test func ourPatternsAreOpenSSHs() throws {
        let shop = try Workshop()
        for list in ["al*", "*,!alice", "!bob,*", "a*c*e", "alice?", "al**", "!alice", "b*,?????"] {
            let theirs = try shop.verifies(
                Vector.armored, of: Vector.message, signers: "\(list) \(Vector.publicKeyLine)\n", principal: "alice",
                namespace: Vector.namespace)
            #expect(try (Self.standing(list) == .allowed(line: 1)) == theirs, "\(list)")
        }
    }

    @Test func aPatternOfStarsIsQuick() throws {
        let list = String(repeating: "a*", count: 2_000) + "b"
        #expect(
            try Self.standing(list, principal: String(repeating: "a", count: 128)) == .refused(.principalUnknown))
    }

    @Test func anUnknownNameAndAnUnlistedKeyAreToldApart() throws {
        #expect(try Self.standing("bob") == .refused(.principalUnknown))
        let other = try SSHPublicKey(ed25519: Array(repeating: 9, count: 32))
        let (signers, _) = AllowedSigners.read(Array("alice \(Vector.publicKeyLine)".utf8))
        #expect(
            signers.check(principal: "alice", key: other, namespace: "file", now: 0) == .refused(.keyNotListed))
    }

    @Test func namespacesRestrict() throws {
        #expect(try Self.standing("alice namespaces=\"git,alongside-*\"") == .allowed(line: 1))
        #expect(try Self.standing("alice namespaces=\"git\"") == .refused(.namespaceRefused(line: 1)))
    }

    @Test(arguments: [
        ("valid-after=\"20260101\"", "in"), ("valid-after=\"20260921141320Z\"", "in"),
        ("valid-after=\"20260921141321Z\"", "early"), ("valid-after=\"202609211414Z\"", "early"),
        ("valid-before=\"20260921141320Z\"", "in"), ("valid-before=\"20260921141319Z\"", "late"),
        ("valid-after=\"20260101\",VALID-BEFORE=\"20270101Z\"", "in"), ("valid-before=\"20240229\"", "late"),
    ]) func validityEndsToTheSecond(options: String, expected: String) throws {
        let standing = try Self.standing("alice \(options)")
        switch expected {
        case "in": #expect(standing == .allowed(line: 1))
        case "early": #expect(standing == .refused(.notYetValid(line: 1)))
        default: #expect(standing == .refused(.expired(line: 1)))
        }
    }

    @Test func aTimeWithoutZIsInTheCallersZone() throws {
        let options = "alice valid-after=\"20260921161320\""
        #expect(try Self.standing(options, zoneOffset: 7200) == .allowed(line: 1))
        #expect(try Self.standing(options, zoneOffset: 7199) == .refused(.notYetValid(line: 1)))
    }

    @Test func aLaterLineMayAllowWhatAnEarlierRefuses() throws {
        let file = """
            # reps

            alice valid-before="20200101Z" \(Vector.publicKeyLine)
            \t alice \(Vector.publicKeyLine)\r
            """
        let (signers, problems) = AllowedSigners.read(Array(file.utf8))
        #expect(problems.isEmpty)
        #expect(
            signers.check(principal: "alice", key: try Self.key, namespace: "file", now: Self.noon)
                == .allowed(line: 4))
    }

    @Test func aRevokedKeyIsRefused() throws {
        let (signers, _) = AllowedSigners.read(Array("* \(Vector.publicKeyLine)".utf8))
        let (keys, problems) = AllowedSigners.readRevoked(Array("# lost\n\(Vector.publicKeyLine)\n".utf8))
        #expect(problems.isEmpty)
        #expect(
            signers.revoking(keys).check(principal: "alice", key: try Self.key, namespace: "file", now: 0)
                == .refused(.revoked))
        #expect(AllowedSigners.readRevoked(Array("SSHKRL\n\0...".utf8)).problems.first?.line == 0)
        #expect(AllowedSigners.readRevoked(Array("ssh-ed25519 nonsense".utf8)).problems.count == 1)
    }

    @Test func everyProblemNamesItsLineAndSaysWhatIsWrong() {
        let key = Vector.publicKeyLine
        let table = [
            ("alice", "line 1: the key is missing"),
            ("alice ssh-ed25519", "line 1: the key's base64 is missing after ssh-ed25519"),
            ("alice ssh-ed25519 AAAA====", "line 1: not base64"),
            ("alice ssh-rsa AAAAB3NzaC1yc2E=", "line 1: key type ssh-rsa is not supported yet"),
            ("a,,b \(key)", "line 1: the list of names has a gap"),
            ("\"alice \(key)", "line 1: a quote is not closed"),
            ("alice colour=\"red\" \(key)", "line 1: unknown option \"colour\""),
            ("alice namespaces=git \(key)", "line 1: the value of namespaces must stand in double quotes"),
            ("alice namespaces=\"git \(key)", "line 1: a quote is not closed"),
            ("alice namespaces \(key)", "line 1: namespaces needs a value: namespaces=\"...\""),
            ("alice namespaces=\"\" \(key)", "line 1: the list of namespaces has a gap"),
            ("alice namespaces=\"a\",namespaces=\"b\" \(key)", "line 1: namespaces is given twice"),
            ("alice namespaces=\"a\"valid-after=\"20200101\" \(key)", "line 1: a comma is missing between two options"),
            (
                "alice valid-after=\"20260230\" \(key)",
                "line 1: valid-after \"20260230\" is not YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS (with Z for UTC)"
            ),
            (
                "alice valid-after=\"20260101\",valid-before=\"20260101\" \(key)",
                "line 1: valid-before is not later than valid-after"
            ),
            (
                "\n\n*@shop cert-authority \(key)",
                "line 3: certificates (cert-authority) are not supported yet; list the keys themselves"
            ),
        ]
        for (line, words) in table {
            #expect(Self.problem(line) == words)
        }
    }

    @Test func aFileBeyondItsLimitsIsRefusedInWords() {
        let long = Array(repeating: UInt8(ascii: "#"), count: SSHLimits.signersFileBytesMax + 1)
        #expect(AllowedSigners.read(long).problems.map(\.line) == [0])
        let wide = Array(repeating: UInt8(ascii: "a"), count: SSHLimits.signersLineBytesMax + 1)
        #expect(AllowedSigners.read(wide).problems.map(\.line) == [1])
        let noise = Array(String(repeating: "x\n", count: 1_000).utf8)
        #expect(AllowedSigners.read(noise).problems.count == SSHLimits.problemCountMax)
        let line = "a \(Vector.publicKeyLine.prefix(80))\n"
        let many = Array(String(repeating: line, count: SSHLimits.signerCountMax + 1).utf8)
        let (signers, problems) = AllowedSigners.read(many)
        #expect(signers.count == SSHLimits.signerCountMax)
        #expect(problems.map(\.line) == [SSHLimits.signerCountMax + 1])
    }

    @Test func randomBytesNeverTrapAndNeverLetAnyoneIn() throws {
        var state: UInt64 = 7
        let alphabet = Array("alice*!,\"\\ =\t\n#ssh-ed25519namespacesvalid-afterAAAAZ0\u{0}".utf8)
        for _ in 0..<2_000 {
            var file: [UInt8] = []
            for _ in 0..<60 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                file.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            #expect(AllowedSigners.read(file).signers.count == 0)
        }
    }
}
