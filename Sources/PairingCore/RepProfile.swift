/// A rep who has logged in, as the configuration knows the principal.
package struct RepProfile: Equatable, Sendable {
    /// The name in `allowed_signers`.
    package let principal: String
    /// The name that shoppers and other reps read.
    package let name: String
    /// BCP 47 tags that the rep speaks; empty means all.
    package let languages: [String]
    /// Keys of the sites that the rep serves; empty means all.
    package let sites: [String]
    /// Seats that the rep may have at once.
    package let sessionCountMax: Int
    /// Whether the rep may take a seat beside another rep.
    package let mayJoin: Bool

    /// Takes a profile; the name is cut to `PairingLimits.nameBytesMax`.
    package init(
        principal: String, name: String, languages: [String] = [], sites: [String] = [], sessionCountMax: Int = 4,
        mayJoin: Bool = true
    ) {
        self.principal = principal
        self.name = name.clipped(PairingLimits.nameBytesMax)
        self.languages = languages
        self.sites = sites
        self.sessionCountMax = sessionCountMax
        self.mayJoin = mayJoin
    }

    /// Whether the rep speaks `language`, compared by its first subtag: `pt-BR` is served by `pt`.
    func speaks(_ language: String) -> Bool {
        let primary: (String) -> String = { String($0.prefix(while: { $0 != "-" })).lowercased() }
        return self.languages.isEmpty || self.languages.contains { primary($0) == primary(language) }
    }

    /// Whether the rep serves the site.
    func serves(_ site: String) -> Bool { self.sites.isEmpty || self.sites.contains(site) }
}

extension String {
    /// At most `bytesMax` UTF-8 bytes, cut between scalars, without control characters (C0, DEL, C1).
    func clipped(_ bytesMax: Int) -> String {
        var result = String.UnicodeScalarView()
        var bytes = 0
        for scalar in self.unicodeScalars {
            guard scalar.value >= 0x20, !(0x7F...0x9F).contains(scalar.value) else { continue }
            bytes += UTF8.width(scalar)
            guard bytes <= bytesMax else { break }
            result.append(scalar)
        }
        return String(result)
    }
}
