/// What is wrong with a line of a file that an operator wrote.
package struct SignersProblem: Equatable, Sendable, CustomStringConvertible {
    /// From 1; 0 when the file as a whole is refused.
    package let line: Int
    /// A sentence without the file's name; bounded, printable ASCII.
    package let words: String

    package var description: String { self.line == 0 ? self.words : "line \(self.line): \(self.words)" }
}

extension AllowedSigners {
    /// Reads a whole file. Every line that cannot be used is left out and told in `problems`, so that the caller may
    /// refuse to start (the daemon does) or go on with the rest; a file with problems never allows more than its good
    /// lines.
    ///
    /// `zoneOffset` (seconds east of UTC) is for times written without `Z`, which OpenSSH reads in the system's zone.
    package static func read(
        _ file: [UInt8], zoneOffset: Int64 = 0
    ) -> (signers: AllowedSigners, problems: [SignersProblem]) {
        var lines = SignersLines(file)
        var entries: [Entry] = []
        while let (number, text) = lines.next() {
            do throws(LineError) {
                guard entries.count < SSHLimits.signerCountMax else {
                    throw LineError("more than \(SSHLimits.signerCountMax) keys; this one is left out")
                }
                entries.append(try Self.entry(text, number: number, zoneOffset: zoneOffset))
            } catch {
                lines.report(number, error.words)
            }
        }
        return (AllowedSigners(entries: entries, revoked: []), lines.problems)
    }

    /// Reads a file of revoked keys, one public key a line as in `.pub` files (a binary KRL is refused in words).
    package static func readRevoked(_ file: [UInt8]) -> (keys: [SSHPublicKey], problems: [SignersProblem]) {
        guard !file.starts(with: Array("SSHKRL\n\0".utf8)) else {
            let words = "this is a binary KRL, which is not supported yet: write one public key a line"
            return ([], [SignersProblem(line: 0, words: words)])
        }
        var lines = SignersLines(file)
        var keys: [SSHPublicKey] = []
        while let (number, text) = lines.next() {
            do throws(LineError) {
                guard keys.count < SSHLimits.signerCountMax else {
                    throw LineError("more than \(SSHLimits.signerCountMax) keys; this one is left out")
                }
                var words = SignersWords(text)
                keys.append(try Self.key(&words, type: words.next()))
            } catch {
                lines.report(number, error.words)
            }
        }
        return (keys, lines.problems)
    }

    /// principals [options] type base64 [comment]
    private static func entry(
        _ text: ArraySlice<UInt8>, number: Int, zoneOffset: Int64
    ) throws(LineError) -> Entry {
        var words = SignersWords(text)
        guard let principalsWord = words.nextQuoted() else { throw LineError("a quote is not closed") }
        guard let principals = PatternList(principalsWord) else { throw LineError("the list of names has a gap") }
        var options = SignerOptions()
        var type = words.next()
        if let word = type, !Self.looksLikeKeyType(word) {
            try options.read(word, zoneOffset: zoneOffset)
            type = words.next()
        }
        guard !options.isCertificateAuthority else {
            throw LineError("certificates (cert-authority) are not supported yet; list the keys themselves")
        }
        return Entry(
            line: number, principals: principals, key: try Self.key(&words, type: type),
            namespaces: options.namespaces, validAfter: options.validAfter, validBefore: options.validBefore)
    }

    private static func key(
        _ words: inout SignersWords, type: ArraySlice<UInt8>?
    ) throws(LineError) -> SSHPublicKey {
        guard let type else { throw LineError("the key is missing") }
        let name = LineError.printable(type)
        guard Self.looksLikeKeyType(type) else { throw LineError("\"\(name)\" is not a key type") }
        guard let base64 = words.next() else { throw LineError("the key's base64 is missing after \(name)") }
        do throws(SSHError) {
            return try SSHPublicKey(type: name, base64: base64)
        } catch {
            throw LineError(error.description)
        }
    }

    /// A word before the base64 is a key type when it begins like one; options never do.
    private static func looksLikeKeyType(_ word: ArraySlice<UInt8>) -> Bool {
        ["ssh-", "sk-", "ecdsa-", "rsa-", "webauthn-"].contains { word.starts(with: Array($0.utf8)) }
            && !word.contains(UInt8(ascii: "="))
    }
}
