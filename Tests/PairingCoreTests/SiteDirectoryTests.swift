import PairingCore
import Testing

@Suite struct SiteDirectoryTests {
    private static let shop = Site(
        key: "shop-1", name: "A shop", origins: ["https://shop.example", "http://localhost:8080"])
    private static let closed = Site(
        key: "shop-2", name: "Closed", origins: ["https://closed.example"], isEnabled: false)
    private static let directory = SiteDirectory.make([Self.shop, Self.closed]).directory

    @Test(arguments: ["https://shop.example", "http://localhost:8080"])
    func anOriginOnTheListComesIn(origin: String) {
        #expect(Self.directory.admit(siteKey: "shop-1", origin: origin) == .admitted(Self.shop))
        #expect(Self.directory.originFault(origin) == nil)
    }

    @Test(arguments: [
        ("https://shop.example:443", SiteDirectory.OriginFault.notListed), ("http://shop.example", .notListed),
        ("https://shop.example/", .notListed), ("https://Shop.example", .notListed),
        ("https://shop.example.evil.example", .notListed), ("https://evil.example", .notListed),
        ("https://sub.shop.example", .notListed), ("http://localhost:8081", .notListed),
        ("http://localhost", .notListed), ("https://closed.example", .notListed),
        ("https://shop.example,https://shop.example", .malformed), ("https://shop.example https://b", .malformed),
        ("https://shop.example,  https://evil.example", .malformed), (" https://shop.example", .malformed),
        ("https://shop.example\u{0}", .malformed), ("https://shöp.example", .malformed), ("null", .null),
        ("", .missing),
    ]) func anyOtherOriginIsRefused(origin: String, fault: SiteDirectory.OriginFault) {
        #expect(Self.directory.admit(siteKey: "shop-1", origin: origin) == .originRefused(fault))
        #expect(Self.directory.originFault(origin) == fault)
    }

    @Test func aMissingOriginAndAnUnknownOrClosedSiteAreRefused() {
        #expect(Self.directory.admit(siteKey: "shop-1", origin: nil) == .originRefused(.missing))
        #expect(Self.directory.originFault(nil) == .missing)
        #expect(Self.directory.admit(siteKey: "shop-9", origin: "https://shop.example") == .unknownSite)
        #expect(Self.directory.admit(siteKey: "shop-2", origin: "https://closed.example") == .siteDisabled)
        #expect(Self.directory.site("shop-2") == Self.closed)
    }

    @Test(arguments: [
        ("*", "must begin with"), ("https://*.shop.example", "nothing else"), ("https://shop.example/", "nothing else"),
        ("https://", "nothing else"), ("https://Shop.example", "lower case"), ("https://shop.example:443", "own port"),
        ("http://shop.example:80", "own port"), ("https://a b", "without spaces"),
    ]) func anOriginThatCouldNeverMatchIsAConfigurationProblem(origin: String, words: String) {
        let (directory, problems) = SiteDirectory.make([Site(key: "s", name: "", origins: [origin])])
        #expect(problems.count == 1 && problems[0].contains(words), "\(problems)")
        #expect(directory.site("s") == nil)
    }

    @Test func anOriginIsSoLongAndNoLonger() {
        let most = PairingLimits.originBytesMax
        for (count, problemCount) in [(most, 0), (most + 1, 1)] {
            let origin = "https://" + String(repeating: "a", count: count - 8)
            let (directory, problems) = SiteDirectory.make([Site(key: "s", name: "", origins: [origin])])
            #expect(problems.count == problemCount)
            #expect((directory.site("s") != nil) == (problemCount == 0))
        }
    }

    @Test func keysAreCheckedAndUnique() {
        let origins = ["https://shop.example"]
        let sites = [
            Site(key: "a b", name: "", origins: origins), Site(key: "", name: "", origins: origins),
            Site(key: "s", name: "first", origins: origins), Site(key: "s", name: "second", origins: origins),
            Site(key: "t", name: "", origins: []),
            Site(key: "u", name: "", origins: Array(repeating: origins[0], count: PairingLimits.originCountMax + 1)),
        ]
        let (directory, problems) = SiteDirectory.make(sites)
        #expect(problems.count == 5)
        #expect(directory.site("s")?.name == "first")
    }

    @Test func sitesAreBounded() {
        let sites = (0...PairingLimits.siteCountMax).map {
            Site(key: "s\($0)", name: "", origins: ["https://shop.example"])
        }
        let (directory, problems) = SiteDirectory.make(sites)
        #expect(problems.count == 1)
        #expect(directory.site("s\(PairingLimits.siteCountMax)") == nil)
    }
}
