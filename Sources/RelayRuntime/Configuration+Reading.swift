internal import AuditStore
internal import Foundation
internal import Logging
internal import PairingCore
internal import TOMLKit

extension Configuration {
    /// Reads a file; every problem in it is collected.
    package static func read(path: String) throws(ConfigurationError) -> Configuration {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ConfigurationError(problems: [
                .init(file: path, line: 0, key: "", words: "cannot be read: \(error.localizedDescription)")
            ])
        }
        return try Self.parse(text, file: path)
    }

    /// Reads the text of a file; `file` stands in the problems.
    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> Configuration {
        var reader: ConfigurationReader
        do {
            reader = ConfigurationReader(file: file, text: text, table: try TOMLTable(string: text))
        } catch let error as TOMLParseError {
            throw ConfigurationError(problems: [
                .init(file: file, line: error.source.begin.line, key: "", words: "is not TOML: \(error.description)")
            ])
        } catch {
            throw ConfigurationError(problems: [.init(file: file, line: 0, key: "", words: "is not TOML: \(error)")])
        }
        let configuration = reader.configuration()
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
        return configuration
    }
}

/// Walks a parsed file, takes what it knows and complains of what it does not.
private struct ConfigurationReader {
    let file: String
    let lines: [Substring]
    let table: TOMLTable
    var problems: [ConfigurationError.Problem] = []

    init(file: String, text: String, table: TOMLTable) {
        self.file = file
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        self.table = table
    }

    private static let known: Set<String> = [
        "listen", "relay_names", "state_directory", "allowed_signers", "tls_certificate", "tls_key", "log_level",
        "loop_count", "limits", "site", "rep", "audit", "recording_recipients", "metrics_socket",
    ]

    mutating func configuration() -> Configuration {
        var result = Configuration()
        self.refuseUnknown(in: self.table, known: Self.known, path: "")
        result.listen = self.texts("listen", in: self.table, path: "") ?? result.listen
        for address in result.listen where !Self.isAddress(address) {
            self.complain("listen", "\"\(address)\" is no address; write 127.0.0.1:8787 or [::1]:8787")
        }
        result.relayNames = self.relayNames()
        result.stateDirectory = self.text("state_directory", in: self.table, path: "") ?? result.stateDirectory
        result.allowedSigners = self.text("allowed_signers", in: self.table, path: "") ?? result.allowedSigners
        result.certificate = self.text("tls_certificate", in: self.table, path: "")
        result.privateKey = self.text("tls_key", in: self.table, path: "")
        if (result.certificate == nil) != (result.privateKey == nil) {
            self.complain("tls_certificate", "tls_certificate and tls_key go together")
        }
        if let level = self.text("log_level", in: self.table, path: "") {
            if let known = Logger.Level(rawValue: level) {
                result.logLevel = known
            } else {
                self.complain("log_level", "\"\(level)\" is none of error, warning, notice, info, debug")
            }
        }
        self.number("loop_count", Configuration.loopCountBounds, in: self.table, path: "") { result.loopCount = $0 }
        result.metricsSocket = self.text("metrics_socket", in: self.table, path: "")
        if let path = result.metricsSocket, !path.hasPrefix("/") || path.utf8.count >= MetricsLimits.pathBytesMax {
            self.complain("metrics_socket", "is no absolute path of less than \(MetricsLimits.pathBytesMax) bytes")
        }
        result.recordingRecipients = self.text("recording_recipients", in: self.table, path: "")
        result.sites = self.sites()
        if result.recordingRecipients == nil, result.sites.contains(where: \.isRecorded) {
            self.complain("recording_recipients", "is missing; a site with recording = \"view\" needs it")
        }
        result.reps = self.reps(sites: Set(result.sites.map(\.key)))
        self.readLimits(into: &result.limits)
        self.readAudit(into: &result)
        return result
    }

    private mutating func readAudit(into result: inout Configuration) {
        guard let value = self.table["audit"] else { return }
        guard let table = value.table else { return self.complain("audit", "is no table") }
        self.refuseUnknown(in: table, known: ["on_failure", "checkpoint_key", "free_mebibytes_min"], path: "audit")
        result.checkpointKey = self.text("checkpoint_key", in: table, path: "audit")
        self.number("free_mebibytes_min", 0...1 << 20, in: table, path: "audit") { result.auditFreeMebibytesMin = $0 }
        guard let word = self.text("on_failure", in: table, path: "audit") else { return }
        if let policy = AuditFailurePolicy(rawValue: word) {
            result.auditOnFailure = policy
        } else {
            self.complain("audit.on_failure", "\"\(word)\" is none of deny-new, end-sessions, continue")
        }
    }

    /// A login signs the name that was dialled: without one nobody could log in.
    private mutating func relayNames() -> [String] {
        guard self.table["relay_names"] != nil else {
            self.complain("relay_names", "is missing")
            return []
        }
        let names = self.texts("relay_names", in: self.table, path: "") ?? []
        for name in names where !name.hasPrefix("ws://") && !name.hasPrefix("wss://") {
            self.complain("relay_names", "\"\(name)\" is no address to dial; write wss://relay.example")
        }
        return names
    }

    private mutating func sites() -> [Configuration.SiteEntry] {
        var sites: [Configuration.SiteEntry] = []
        for (place, table) in self.tables("site").enumerated() {
            let path = "site"
            self.refuseUnknown(
                in: table, known: ["key", "name", "origins", "recording", "retention_days", "retention_bytes"],
                path: path, occurrence: place)
            guard let key = self.required("key", in: table, path: path, occurrence: place) else { continue }
            if sites.contains(where: { $0.key == key }) {
                self.complain("site.key", "\"\(key)\" is there twice", occurrence: place)
            }
            let origins = self.texts("origins", in: table, path: path, occurrence: place) ?? []
            let name = self.text("name", in: table, path: path, occurrence: place) ?? key
            if let problem = Site(key: key, name: name, origins: origins).problem {
                self.complain("site.origins", problem, occurrence: place)
            }
            let recording = self.text("recording", in: table, path: path, occurrence: place) ?? "none"
            if !["none", "view"].contains(recording) {
                self.complain("site.recording", "\"\(recording)\" is none of none, view", occurrence: place)
            }
            var retention = RetentionRule()
            self.number("retention_days", RetentionRule.dayBounds, in: table, path: path, occurrence: place) {
                retention.daysMax = $0
            }
            self.number("retention_bytes", RetentionRule.byteBounds, in: table, path: path, occurrence: place) {
                retention.bytesMax = $0
            }
            sites.append(
                .init(
                    key: key, name: name, origins: origins, isRecorded: recording == "view", retention: retention))
        }
        return sites
    }

    private mutating func reps(sites: Set<String>) -> [Configuration.RepEntry] {
        var reps: [Configuration.RepEntry] = []
        for (place, table) in self.tables("rep").enumerated() {
            let path = "rep"
            self.refuseUnknown(
                in: table, known: ["principal", "name", "languages", "sites"], path: path, occurrence: place)
            guard let principal = self.required("principal", in: table, path: path, occurrence: place) else { continue }
            if reps.contains(where: { $0.principal == principal }) {
                self.complain("rep.principal", "\"\(principal)\" is there twice", occurrence: place)
            }
            let allowed = self.texts("sites", in: table, path: path, occurrence: place) ?? []
            for site in allowed where !sites.contains(site) {
                self.complain("rep.sites", "\"\(site)\" is the key of no site", occurrence: place)
            }
            reps.append(
                .init(
                    principal: principal,
                    name: self.text("name", in: table, path: path, occurrence: place) ?? principal,
                    languages: self.texts("languages", in: table, path: path, occurrence: place) ?? [], sites: allowed))
        }
        return reps
    }

    /// `ConfigurationLimit.all` has the keys and their bounds.
    private mutating func readLimits(into limits: inout RuntimeLimits) {
        guard let value = self.table["limits"] else { return }
        guard let table = value.table else { return self.complain("limits", "is no table") }
        self.refuseUnknown(in: table, known: Set(ConfigurationLimit.all.map(\.key)), path: "limits")
        for limit in ConfigurationLimit.all {
            self.number(limit.key, limit.bounds, in: table) { limit.set(&limits, $0) }
        }
        for order in LimitOrder.all where !order.isKept(limits) {
            self.complain("limits.\(order.lesser)", "is more than \(order.greater)")
        }
    }

    private mutating func number(
        _ key: String, _ bounds: ClosedRange<Int>, in table: TOMLTable, path: String = "limits", occurrence: Int = 0,
        set: (Int) -> Void
    ) {
        guard let value = table[key] else { return }
        guard let number = value.int, bounds.contains(number) else {
            return self.complain(
                Self.join(path, key), "is not a whole number from \(bounds.lowerBound) to \(bounds.upperBound)",
                occurrence: occurrence)
        }
        set(number)
    }

    private mutating func tables(_ key: String) -> [TOMLTable] {
        guard let value = self.table[key] else { return [] }
        guard let array = value.array else {
            self.complain(key, "write [[\(key)]]")
            return []
        }
        var tables: [TOMLTable] = []
        for element in array {
            if let table = element.table { tables.append(table) } else { self.complain(key, "write [[\(key)]]") }
        }
        return tables
    }

    private mutating func required(
        _ key: String, in table: TOMLTable, path: String, occurrence: Int
    ) -> String? {
        guard table[key] != nil else {
            self.complain("\(path).\(key)", "is missing", occurrence: occurrence)
            return nil
        }
        return self.text(key, in: table, path: path, occurrence: occurrence)
    }

    private mutating func text(_ key: String, in table: TOMLTable, path: String, occurrence: Int = 0) -> String? {
        guard let value = table[key] else { return nil }
        guard let text = value.string, !text.isEmpty else {
            self.complain(Self.join(path, key), "is not a text in quotes", occurrence: occurrence)
            return nil
        }
        return text
    }

    private mutating func texts(_ key: String, in table: TOMLTable, path: String, occurrence: Int = 0) -> [String]? {
        guard let value = table[key] else { return nil }
        let texts = value.array.map { array in array.map { $0.string } }
        guard let texts, texts.allSatisfy({ $0 != nil }) else {
            self.complain(Self.join(path, key), "is not a list of texts", occurrence: occurrence)
            return nil
        }
        return texts.compactMap(\.self)
    }

    private mutating func refuseUnknown(
        in table: TOMLTable, known: Set<String>, path: String, occurrence: Int = 0
    ) {
        for key in table.keys.sorted() where !known.contains(key) {
            self.complain(Self.join(path, key), "is no key of this file", occurrence: occurrence)
        }
    }

    private mutating func complain(_ key: String, _ words: String, occurrence: Int = 0) {
        self.problems.append(
            .init(file: self.file, line: self.line(of: key, occurrence: occurrence), key: key, words: words))
    }

    /// The line where a key stands, in the n-th table of its name; the table's own line when the key is missing.
    private func line(of key: String, occurrence: Int) -> Int {
        let parts = key.split(separator: ".", maxSplits: 1)
        let (section, name) = parts.count == 2 ? (parts[0], parts[1]) : ("", Substring(key))
        var current: Substring = ""
        var seen = -1
        var sectionLine = 0
        for (number, line) in self.lines.enumerated() {
            let bare = line.drop { $0 == " " || $0 == "\t" }
            if bare.hasPrefix("[") {
                current = bare.drop { $0 == "[" }.prefix { $0 != "]" }
                if current == section || (section.isEmpty && current == name) {
                    seen += 1
                    if seen == occurrence { sectionLine = number + 1 }
                }
            } else if current == section, section.isEmpty || seen == occurrence, bare.hasPrefix(name),
                bare.dropFirst(name.count).drop(while: { $0 == " " || $0 == "\t" }).hasPrefix("=")
            {
                return number + 1
            }
        }
        return sectionLine
    }

    private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// `host:port`, with IPv6 in brackets.
    private static func isAddress(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"), UInt16(text[text.index(after: colon)...]) != nil else {
            return false
        }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        let name = isBracketed ? host.dropFirst().dropLast() : host
        return !name.isEmpty && !name.contains { "[]/ ".contains($0) } && isBracketed == name.contains(":")
    }
}
