import AuditStore
import Foundation
import Logging
import RelayCore
import RelayRuntime
import Testing

@Suite struct ConfigurationTests {
    private static let good = """
        listen = ["127.0.0.1:0"]
        relay_names = ["wss://relay.example"]
        state_directory = "/tmp/state"
        allowed_signers = "/tmp/allowed_signers"
        log_level = "info"
        metrics_socket = "/run/alongsided/metrics.sock"

        [limits]
        seat_count_max = 3
        resume_seconds_max = 30

        [[site]]
        key = "demo"
        origins = ["https://shop.example", "http://127.0.0.1:8080"]

        [[rep]]
        principal = "ana"
        name = "Ana"
        sites = ["demo"]
        """

    @Test func aGoodFileIsReadWhole() throws {
        let configuration = try Configuration.parse(Self.good, file: "a.toml")
        #expect(configuration.relayNames == ["wss://relay.example"])
        #expect(configuration.sites.map(\.name) == ["demo"])
        #expect(configuration.reps.map(\.name) == ["Ana"])
        #expect(configuration.limits.session.seatCountMax == 3)
        #expect(configuration.limits.session.resumeDurationMax == .seconds(30))
        #expect(configuration.logLevel == .info)
        #expect(configuration.metricsSocket == "/run/alongsided/metrics.sock")
    }

    @Test func everyMistakeIsToldWithItsLineAndKey() throws {
        let text = """
            listen = "127.0.0.1:0"
            log_level = "loud"
            colour = 1
            tls_key = "/x"
            metrics_socket = "relative"

            [limits]
            seat_count_max = 0

            [[site]]
            key = "demo"
            origins = ["shop.example"]

            [[site]]
            name = "second"

            [[rep]]
            principal = "ana"
            sites = ["elsewhere"]

            [[rep]]
            principal = "ana"
            """
        let error = #expect(throws: ConfigurationError.self) { try Configuration.parse(text, file: "a.toml") }
        let told = (error?.problems ?? []).map { "\($0.line) \($0.key)" }
        #expect(
            Set(told) == [
                "1 listen", "0 relay_names", "2 log_level", "3 colour", "0 tls_certificate", "8 limits.seat_count_max",
                "12 site.origins", "14 site.key", "19 rep.sites", "22 rep.principal", "5 metrics_socket",
            ])
        #expect(error?.description.contains("a.toml:2: log_level: ") == true)
    }

    @Test func aSiteSaysHowLongAndHowMuchIsKeptWithinBounds() throws {
        func rule(_ lines: String) throws(ConfigurationError) -> RetentionRule? {
            let text = Self.good.replacingOccurrences(of: "key = \"demo\"", with: "key = \"demo\"\n" + lines)
            return try Configuration.parse(text, file: "a.toml").sites.first?.retention
        }
        #expect(try rule("") == RetentionRule())
        for days in [1, 36_500] { #expect(try rule("retention_days = \(days)") == RetentionRule(daysMax: days)) }
        for bytes in [1, 1 << 50] { #expect(try rule("retention_bytes = \(bytes)") == RetentionRule(bytesMax: bytes)) }
        let wrong = ["days = 0", "days = 36501", "days = \"x\"", "bytes = 0", "bytes = \(1 << 50 + 1)", "months = 1"]
        for wrong in wrong {
            let error = #expect(throws: ConfigurationError.self) { _ = try rule("retention_" + wrong) }
            let key = wrong.prefix { $0 != " " }
            #expect(error?.problems.map { "\($0.line) \($0.key)" } == ["14 site.retention_\(key)"])
        }
    }

    @Test func thereAreAsManyLoopsAsTheFileSaysWithinBounds() throws {
        func loops(_ number: Int) throws(ConfigurationError) -> Int {
            try Configuration.parse("loop_count = \(number)\n" + Self.good, file: "a.toml").loopCount
        }
        #expect(Configuration.loopCountBounds.contains(try Configuration.parse(Self.good, file: "a.toml").loopCount))
        for number in [1, 64] { #expect(try loops(number) == number) }
        for number in [0, 65] {
            let error = #expect(throws: ConfigurationError.self) { try loops(number) }
            #expect(error?.problems.map { "\($0.line) \($0.key)" } == ["1 loop_count"])
            #expect(error?.problems.first?.words == "is not a whole number from 1 to 64")
        }
    }

    @Test func aFileThatIsNotTOMLNamesTheLine() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.parse("listen = [\n\"a\"\nx", file: "b.toml")
        }
        #expect(error?.problems.first?.file == "b.toml")
        #expect((error?.problems.first?.line ?? 0) > 0)
    }

    @Test func aFileThatCannotBeReadIsNamed() {
        let error = #expect(throws: ConfigurationError.self) { try Configuration.read(path: "/nowhere/at/all.toml") }
        #expect(error?.description.hasPrefix("/nowhere/at/all.toml: cannot be read") == true)
    }

    @Test(arguments: [
        "shop.example", "https://", "https://shop.example/", "https://Shop.example", "https://a b", "*",
        "https://shop.example,https://other.example",
    ])
    func thisIsNoOrigin(_ origin: String) {
        let text = "[[site]]\nkey = \"a\"\norigins = [\"\(origin)\"]\n"
        #expect(throws: ConfigurationError.self) { try Configuration.parse(text, file: "a.toml") }
    }
}
