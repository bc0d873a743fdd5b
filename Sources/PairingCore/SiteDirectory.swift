/// The sites, looked up by key. An immutable value; a reload makes a new one.
package struct SiteDirectory: Sendable {
    /// What becomes of a shopper's link.
    package enum Admission: Equatable, Sendable {
        case admitted(Site)
        /// No such key.
        case unknownSite
        /// The operator switched the site off.
        case siteDisabled
        /// The page is not one of the site's.
        case originRefused(OriginFault)
    }

    /// What is wrong with an `Origin` header.
    package enum OriginFault: Equatable, Sendable {
        /// There is none: not a browser's page.
        case missing
        /// `null`: a sandboxed frame, a file or a redirect across origins.
        case null
        /// A space, comma or control character: two headers joined, or no browser's work.
        case malformed
        /// A well-formed origin that is not on the list.
        case notListed
    }

    private let sites: [String: Site]

    /// Takes the sites of a configuration that are without a problem; the problems are told in order.
    package static func make(_ sites: [Site]) -> (directory: SiteDirectory, problems: [String]) {
        var good: [String: Site] = [:]
        var problems: [String] = []
        for site in sites {
            if let problem = site.problem {
                problems.append(problem)
            } else if good[site.key] != nil {
                problems.append("site \(site.key) is written twice; the first one counts")
            } else if good.count == PairingLimits.siteCountMax {
                problems.append("site \(site.key) is left out: there are more than \(PairingLimits.siteCountMax)")
            } else {
                good[site.key] = site
            }
        }
        return (SiteDirectory(sites: good), problems)
    }

    private init(sites: [String: Site]) { self.sites = sites }

    /// The site with this key, switched on or not.
    package func site(_ key: String) -> Site? { self.sites[key] }

    /// Whether any site that is switched on lists `origin`: for the upgrade, before the site key is known.
    package func originFault(_ origin: String?) -> OriginFault? {
        if let fault = Self.fault(origin) { return fault }
        // `fault` has answered for a missing origin.
        let origin = origin ?? ""
        let isListed = self.sites.values.contains { $0.isEnabled && Self.lists($0, origin) }
        return isListed ? nil : .notListed
    }

    /// Decides over a shopper's link. `origin` is the whole value of the `Origin` header, nil without one.
    package func admit(siteKey: String, origin: String?) -> Admission {
        guard let site = self.sites[siteKey] else { return .unknownSite }
        guard site.isEnabled else { return .siteDisabled }
        if let fault = Self.fault(origin) { return .originRefused(fault) }
        guard let origin, Self.lists(site, origin) else { return .originRefused(.notListed) }
        return .admitted(site)
    }

    private static func fault(_ origin: String?) -> OriginFault? {
        guard let origin, !origin.isEmpty else { return .missing }
        if origin == "null" { return .null }
        return origin.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") } ? nil : .malformed
    }

    /// Bytes are compared: `String`'s own equality would take canonically equivalent spellings for the same.
    private static func lists(_ site: Site, _ origin: String) -> Bool {
        site.origins.contains { $0.utf8.elementsEqual(origin.utf8) }
    }
}
