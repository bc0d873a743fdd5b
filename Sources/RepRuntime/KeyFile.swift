import OpenSSH

/// A private key in a file, read when it is needed and forgotten at once.
struct KeyFile {
    let path: String

    /// The signature over `text`; throws a sentence that names the file.
    func sign(_ text: LoginChallenge) throws(RepError) -> SSHSignature {
        let bytes = try SmallFile.read(self.path, bytesMax: SSHLimits.privateKeyBytesMax)
        do throws(SSHError) {
            let key = try SSHPrivateKey(file: bytes)
            return text.signature(of: key.publicKey, value: try key.sign(text.toBeSigned))
        } catch {
            throw RepError("\(self.path): \(error).")
        }
    }
}
