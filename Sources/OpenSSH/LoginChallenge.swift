/// What a rep signs to log in: one function for both ends, so that they cannot disagree.
///
/// The text binds the relay that the rep dialled (a challenge passed on from another relay does not verify), the name
/// that is claimed, and a nonce of each end. It is signed in SSHSIG form under `namespace`, hash sha512.
package struct LoginChallenge: Equatable, Sendable {
    /// The SSHSIG namespace, and the first line of the text.
    package static let namespace = "alongside-auth-v1"

    /// The relay's address exactly as the rep typed it.
    package let relay: String
    /// The rep's name in `allowed_signers`.
    package let principal: String
    /// The relay's 32 bytes, used once.
    package let nonce: [UInt8]
    /// The rep's own 32 bytes, so that the relay cannot choose the whole text.
    package let counterNonce: [UInt8]

    /// Throws `challengeMalformed` unless both names are 1…limit bytes of printable ASCII and both nonces 32 bytes:
    /// a line end inside a name would let one field spell another.
    package init(relay: String, principal: String, nonce: [UInt8], counterNonce: [UInt8]) throws(SSHError) {
        guard Self.isLine(relay, bytesMax: SSHLimits.relayBytesMax),
            Self.isLine(principal, bytesMax: SSHLimits.principalBytesMax),
            nonce.count == SSHLimits.nonceBytes, counterNonce.count == SSHLimits.nonceBytes
        else { throw .challengeMalformed }
        self.relay = relay
        self.principal = principal
        self.nonce = nonce
        self.counterNonce = counterNonce
    }

    /// The message of the signature. The last line is kept for the TLS exporter (RFC 9266), so that binding the
    /// connection later does not change the form.
    package var message: [UInt8] {
        Array(
            """
            \(Self.namespace)
            relay=\(self.relay)
            principal=\(self.principal)
            nonce=\(Base64.encode(self.nonce))
            cnonce=\(Base64.encode(self.counterNonce))
            exporter=-

            """.utf8)
    }

    /// What the key itself signs: hand this to ssh-agent or to `SSHPrivateKey.sign`.
    package var toBeSigned: [UInt8] {
        SSHSignature.toBeSigned(self.message, namespace: Self.namespace)
    }

    /// Joins the answer of ssh-agent or of `SSHPrivateKey.sign` with its key: what is sent to the relay.
    package func signature(of key: SSHPublicKey, value: [UInt8]) -> SSHSignature {
        SSHSignature(key: key, namespace: Self.namespace, value: value)
    }

    /// Whether `signature` lets `principal` in at `now`, seconds since 1970. Cheap checks first: a key that may not
    /// come in costs no curve arithmetic.
    package func check(_ signature: SSHSignature, signers: AllowedSigners, now: Int64) -> LoginVerdict {
        let standing = signers.check(
            principal: self.principal, key: signature.key, namespace: Self.namespace, now: now)
        switch standing {
        case .refused(let reason): return .refused(.signer(reason))
        case .allowed: break
        }
        switch signature.check(message: self.message, namespace: Self.namespace) {
        case .valid: return .verified(principal: self.principal, fingerprint: signature.key.fingerprint)
        case .otherNamespace: return .refused(.otherNamespace)
        case .doesNotMatch: return .refused(.doesNotMatch)
        }
    }

    private static func isLine(_ text: String, bytesMax: Int) -> Bool {
        (1...bytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

/// What became of a login.
package enum LoginVerdict: Equatable, Sendable {
    /// The rep is who he says he is.
    case verified(principal: String, fingerprint: String)
    /// He is not, or may not come in.
    case refused(Reason)

    /// For the log and the audit; a peer is told only that the login was refused.
    package enum Reason: Equatable, Sendable, CustomStringConvertible {
        /// The key does not stand in `allowed_signers` for this, or not now.
        case signer(AllowedSigners.Refusal)
        /// Signed for another use.
        case otherNamespace
        /// Not the signature of this challenge by this key.
        case doesNotMatch

        package var description: String {
            switch self {
            case .signer(let refusal): refusal.description
            case .otherNamespace: "the signature was made for another use"
            case .doesNotMatch: "the signature is not this key's over this challenge"
            }
        }
    }
}
