import OpenSSH
import Testing

@Suite struct SSHAgentTests {
    @Test func aRealSSHAgentListsAndSigns() throws {
        let shop = try Workshop()
        let key = try shop.makeKey("rep")
        try shop.succeed("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", shop.path("old")])
        let running = try RunningAgent(shop)
        try shop.succeed(
            "ssh-add", ["-q", shop.path("rep"), shop.path("old")], environment: ["SSH_AUTH_SOCK": running.path])

        let identities = try SSHAgent.identities(from: running.ask(SSHAgent.identitiesRequest()))
        #expect(identities.usable.map(\.key) == [key])
        #expect(identities.usable.map(\.comment) == ["rep of a test"])
        #expect(identities.unsupportedTypes == ["ssh-rsa"])

        let challenge = try LoginChallenge(
            relay: "wss://relay.example", principal: "alice", nonce: Array(repeating: 1, count: 32),
            counterNonce: Array(repeating: 2, count: 32))
        let value = try SSHAgent.signature(
            from: running.ask(SSHAgent.signRequest(key: key, bytes: challenge.toBeSigned)))
        let (signers, _) = AllowedSigners.read(Array("alice \(key.line)".utf8))
        #expect(
            challenge.check(challenge.signature(of: key, value: value), signers: signers, now: 0)
                == .verified(principal: "alice", fingerprint: key.fingerprint))

        let stranger = try SSHPublicKey(line: Vector.publicKeyLine)
        let refusal = try running.ask(SSHAgent.signRequest(key: stranger, bytes: [1]))
        #expect(throws: SSHError.refusedByAgent) { try SSHAgent.signature(from: refusal) }
    }

    @Test func anAnswerIsReadHoweverItIsSplit() throws {
        let whole: [UInt8] = [0, 0, 0, 3, 14, 1, 2]
        for cut in 0...whole.count {
            var reader = SSHAgent.ReplyReader()
            let first = try reader.append(Array(whole.prefix(cut)))
            let second = cut == whole.count ? nil : try reader.append(Array(whole.dropFirst(cut)))
            #expect((first ?? second) == [14, 1, 2])
        }
    }

    @Test func answersBeyondTheLimitsAreRefused() {
        var huge = SSHAgent.ReplyReader()
        #expect(throws: SSHError.tooLong(bytesMax: SSHLimits.agentMessageBytesMax)) {
            try huge.append([0, 4, 0, 1])
        }
        var empty = SSHAgent.ReplyReader()
        #expect(throws: SSHError.truncated) { try empty.append([0, 0, 0, 0]) }
        var chatty = SSHAgent.ReplyReader()
        #expect(throws: SSHError.trailingBytes) { try chatty.append([0, 0, 0, 1, 5, 5]) }
        #expect(throws: SSHError.tooLong(bytesMax: SSHLimits.agentMessageBytesMax)) {
            try SSHAgent.identities(from: [12, 0, 0, 0, 129])
        }
    }

    @Test func answersToAnotherQuestionAreRefused() {
        #expect(throws: SSHError.agentReplyUnexpected(14)) { try SSHAgent.identities(from: [14, 0, 0, 0, 0]) }
        #expect(throws: SSHError.agentReplyUnexpected(6)) { try SSHAgent.signature(from: [6]) }
        #expect(throws: SSHError.refusedByAgent) { try SSHAgent.identities(from: [5]) }
        #expect(throws: SSHError.truncated) { try SSHAgent.identities(from: [12, 0, 0, 0, 1]) }
        #expect(throws: SSHError.trailingBytes) { try SSHAgent.identities(from: [12, 0, 0, 0, 0, 1]) }
        #expect(throws: SSHError.truncated) { try SSHAgent.signature(from: []) }
    }
}
