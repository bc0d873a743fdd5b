/// One shop's configuration, as far as it decides who may come in.
package struct Site: Equatable, Sendable {
    /// The public key that the shop's script sends. It identifies, it does not authenticate.
    package let key: String
    /// The shop's name, for reps.
    package let name: String
    /// Whole origins (RFC 6454: scheme, host and port when it is not the scheme's own), compared byte for byte.
    package let origins: [String]
    /// A site that is switched off is kept, so that its key is not unknown to the operator.
    package let isEnabled: Bool
    /// The most that a rep may do here.
    package let rights: Rights

    /// Takes the configuration as written; `problem` says whether it can be used.
    package init(key: String, name: String, origins: [String], isEnabled: Bool = true, rights: Rights = .view) {
        self.key = key
        self.name = name
        self.origins = origins
        self.isEnabled = isEnabled
        self.rights = rights
    }

    /// What is wrong with this site in words, or nil.
    package var problem: String? {
        guard (1...64).contains(self.key.utf8.count), self.key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "a site's key has 1 to 64 printable ASCII characters without spaces"
        }
        guard !self.origins.isEmpty else { return "site \(self.key) has no origins, so nobody could come in" }
        guard self.origins.count <= PairingLimits.originCountMax else {
            return "site \(self.key) has more than \(PairingLimits.originCountMax) origins"
        }
        for origin in self.origins {
            if let problem = Self.problem(origin: origin) { return "site \(self.key): \(problem)" }
        }
        return nil
    }

    /// A browser sends `https://host` or `https://host:port` in lower case; anything else would never match.
    private static func problem(origin: String) -> String? {
        let bytes = Array(origin.utf8)
        guard bytes.count <= PairingLimits.originBytesMax, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "an origin is not printable ASCII without spaces, or is too long"
        }
        guard let scheme = ["https://", "http://"].first(where: { bytes.starts(with: Array($0.utf8)) }) else {
            return "origin \(origin) must begin with https:// or http://"
        }
        let host = bytes.dropFirst(scheme.utf8.count)
        guard !host.isEmpty, !host.contains(where: { Array("/?#@*,".utf8).contains($0) }) else {
            return "origin \(origin) must be a scheme, a host and perhaps a port, nothing else"
        }
        guard !host.contains(where: { (0x41...0x5A).contains($0) }) else {
            return "origin \(origin) must be in lower case, as browsers send it"
        }
        let ownPort = scheme == "https://" ? ":443" : ":80"
        guard !host.reversed().starts(with: ownPort.utf8.reversed()) else {
            return "origin \(origin) must not name its scheme's own port: browsers leave it out"
        }
        return nil
    }
}
