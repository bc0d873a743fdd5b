import Foundation
import RelayCore
import RelayRuntime
import Support
import Testing
import WebSocketTransport

/// Walks the table of settable limits.
@Suite struct ConfigurationLimitTests {
    private static func parse(_ text: String) throws(ConfigurationError) -> RuntimeLimits {
        let names = "relay_names = [\"wss://relay.example\"]\n"
        return try Configuration.parse(names + "[limits]\n" + text, file: "a.toml").limits
    }

    /// The lines of the file that set `limit` to `number`, with whatever else must move along.
    private static func lines(_ limit: ConfigurationLimit, _ number: Int) -> String {
        let companions = [
            "ring_bytes_max": "seat_behind_bytes_max = 65536", "seat_behind_bytes_max": "ring_bytes_max = 268435456",
            "seat_behind_milliseconds_max": "seat_stalled_seconds_max = 600",
            "seat_stalled_seconds_max": "seat_behind_milliseconds_max = 100",
            "keyframe_request_milliseconds_min": "keyframe_answer_milliseconds_max = 60000",
            "keyframe_answer_milliseconds_max": "keyframe_request_milliseconds_min = 50",
            "accept_pause_milliseconds_min": "accept_pause_milliseconds_max = 60000",
            "accept_pause_milliseconds_max": "accept_pause_milliseconds_min = 10",
            "ping_seconds": "hang_up_seconds = 7200", "hang_up_seconds": "ping_seconds = 1",
            "starting_count_free": "starting_count_max = 100000", "starting_count_max": "starting_count_free = 1",
            "penalty_tolerance_seconds_max": "penalty_seconds_max = 3600",
            "penalty_seconds_max": "penalty_tolerance_seconds_max = 1",
            "receive_bytes": "service_bytes = 1048576", "service_bytes": "receive_bytes = 4096",
            "gather_frame_bytes_max": "gather_bytes_max = 4194304", "gather_bytes_max": "gather_frame_bytes_max = 256",
        ]
        return "\(limit.key) = \(number)\n" + (companions[limit.key].map { $0 + "\n" } ?? "")
    }

    @Test(arguments: ConfigurationLimit.all.map(\.key))
    func aLimitIsTakenAtItsBoundsAndRefusedOnePastThem(key: String) throws {
        let limit = try #require(ConfigurationLimit.all.first { $0.key == key })
        #expect(limit.bounds.contains(limit.value(RuntimeLimits())), "the default lies within the bounds")
        for number in [limit.bounds.lowerBound, limit.bounds.upperBound] {
            #expect(limit.value(try Self.parse(Self.lines(limit, number))) == number)
        }
        for number in [limit.bounds.lowerBound - 1, limit.bounds.upperBound + 1] {
            let error = #expect(throws: ConfigurationError.self) { try Self.parse(Self.lines(limit, number)) }
            let problem = error?.problems.first { $0.key == "limits.\(key)" }
            #expect(problem?.line == 3)
            #expect(
                problem?.words
                    == "is not a whole number from \(limit.bounds.lowerBound) to \(limit.bounds.upperBound)")
        }
        for word in ["\"many\"", "1.5", "true"] {
            #expect(throws: ConfigurationError.self) { try Self.parse("\(key) = \(word)\n") }
        }
    }

    @Test func aKeyThatIsNoLimitIsRefusedWithItsLine() {
        let error = #expect(throws: ConfigurationError.self) { try Self.parse("seats_max = 3\n") }
        #expect(
            error?.problems.map { "\($0.line) \($0.key): \($0.words)" } == [
                "3 limits.seats_max: is no key of this file"
            ])
    }

    @Test(arguments: [
        "seat_behind_bytes_max = 8388608", "ring_bytes_max = 4194304\nseat_behind_bytes_max = 4194305",
        "seat_behind_milliseconds_max = 10001", "keyframe_request_milliseconds_min = 5001",
        "accept_pause_milliseconds_min = 1001", "ping_seconds = 31",
        "starting_count_free = 1001", "penalty_tolerance_seconds_max = 601", "receive_bytes = 73729",
        "gather_frame_bytes_max = 16385\ngather_bytes_max = 16384",
    ])
    func aLimitMayNotPassTheOneAboveIt(lines: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.parse(lines) }
        #expect(error?.problems.count == 1)
        #expect(error?.problems.first?.words.contains("is more than") == true)
    }

    @Test func aLimitMayBeTheOneAboveIt() throws {
        #expect(try Self.parse("seat_behind_bytes_max = 4194304").session.seatBehindBytesMax == 4 << 20)
        #expect(try Self.parse("ping_seconds = 30").transport.pingInterval == .seconds(30))
    }

    /// Limits that belong to the format, that the contract promises, that are set through another, or that nobody would
    /// choose otherwise: what waits for a loop that hangs, waits in vain.
    private static let fixed: Set = [
        "connectionCountMax", "connectionsPerAddressMax", "messageBytesMax", "oversizeCloseCode", "silenceCloseCode",
        "receiptCountMax", "stopGraceDuration",
    ]

    @Test func everyLimitOfEveryRoomIsSetByOneRowOrIsFixed() {
        let all = Self.leaves(RuntimeLimits())
        var rows: [String: String] = [:]
        for limit in ConfigurationLimit.all {
            var changed = RuntimeLimits()
            let isAtLowerBound = limit.value(changed) == limit.bounds.lowerBound
            limit.set(&changed, isAtLowerBound ? limit.bounds.upperBound : limit.bounds.lowerBound)
            let moved = Self.leaves(changed).filter { all[$0.key] != $0.value }.map(\.key)
            #expect(moved.count == 1, "\(limit.key) sets \(moved)")
            for name in moved {
                #expect(rows[name] == nil, "\(name) is set by \(limit.key) and \(rows[name] ?? "")")
                rows[name] = limit.key
            }
        }
        let names = Set(all.keys)
        let unset = names.subtracting(rows.keys).filter {
            !Self.fixed.contains($0.split(separator: ".").last.map(String.init) ?? "")
        }
        #expect(unset.isEmpty, "give them a row in ConfigurationLimit.all, or say here why they are fixed")
    }

    /// Every stored property by its dotted name.
    private static func leaves(_ value: Any, path: String = "") -> [String: String] {
        var found: [String: String] = [:]
        for child in Swift.Mirror(reflecting: value).children {
            let name = path + (child.label ?? "")
            switch child.value {
            case is Int, is UInt16, is UInt32, is Int32, is Duration: found[name] = "\(child.value)"
            default: found.merge(Self.leaves(child.value, path: name + ".")) { one, _ in one }
            }
        }
        return found
    }

    @Test func theExampleConfigurationHasEveryLimitWithItsBoundsAndReason() throws {
        let file = Vectors.repositoryRoot.appendingPathComponent("systemd/alongsided.toml")
        let text = try String(contentsOf: file, encoding: .utf8)
        for limit in ConfigurationLimit.all {
            let entry = Self.entry(limit)
            #expect(text.contains(entry), "systemd/alongsided.toml lacks:\n\(entry)")
        }
        let keys = text.matches(of: #/(?m)^# (\w+) = \d[\d_]*$/#).map { String($0.output.1) }
        let ofSites = ["retention_days", "retention_bytes"]
        #expect(Set(keys) == Set(ConfigurationLimit.all.map(\.key) + ["loop_count"] + ofSites))
        // Written out, the defaults are the defaults.
        let written = text.replacing(#/(?m)^# (\w+ = \d[\d_]*)$/#) { $0.output.1 }
        #expect(try Configuration.parse(written, file: "alongsided.toml").limits == RuntimeLimits())
    }

    /// What the example configuration says of one limit.
    private static func entry(_ limit: ConfigurationLimit) -> String {
        """
        # \(limit.words) \(Self.spaced(limit.bounds.lowerBound)) to \(Self.spaced(limit.bounds.upperBound)).
        # \(limit.key) = \(Self.spaced(limit.value(RuntimeLimits())))

        """
    }

    /// A number as TOML allows it to be written for people: 4_194_304.
    private static func spaced(_ number: Int) -> String {
        var digits = Array(String(number))
        var place = digits.count - 3
        while place > 0 && number >= 10_000 {
            digits.insert("_", at: place)
            place -= 3
        }
        return String(digits)
    }
}
