package import AuditStore
internal import Foundation
package import Logging

/// What the operator decides: one TOML file, read once at the start.
package struct Configuration: Equatable, Sendable {
    /// One shop.
    package struct SiteEntry: Equatable, Sendable {
        /// The public key that stands in the page as `data-site`.
        package var key: String
        package var name: String
        /// Exact origins: scheme, host and port as a browser writes them.
        package var origins: [String]
        /// Whether sessions are recorded for the auditors, where the shopper agrees (`recording = "view"`).
        package var isRecorded = false
        /// How long and how much is kept of them (`retention_days`, `retention_bytes`); `alongside-audit retain` reads
        /// it and sees to it, the daemon does not.
        package var retention = RetentionRule()
    }

    /// One rep, by the principal of `allowed_signers`.
    package struct RepEntry: Equatable, Sendable {
        package var principal: String
        /// The name that shoppers and other reps see.
        package var name: String
        package var languages: [String]
        /// Keys of the sites whose tickets the rep sees; empty for all.
        package var sites: [String]
    }

    /// `host:port`, IPv6 in brackets; not used when sockets are passed in.
    package var listen = ["127.0.0.1:8787"]
    /// The addresses that reps may dial, as they stand in a login.
    package var relayNames: [String] = []
    package var stateDirectory = "/var/lib/alongsided"
    package var allowedSigners = "/etc/alongsided/allowed_signers"
    /// A file with the keys of those who may open recordings; nil where nothing is recorded.
    package var recordingRecipients: String?
    package var certificate: String?
    package var privateKey: String?
    /// The Unix socket that gives the figures of `LoopMetrics`; nil for none.
    package var metricsSocket: String?
    package var logLevel = Logger.Level.notice
    /// What happens when the audit log cannot be written.
    package var auditOnFailure = AuditFailurePolicy.denyNew
    /// The key that signs checkpoints; nil for `checkpoint.key` among systemd's credentials, if it is there.
    package var checkpointKey: String?
    /// With less free on the log's disk, and less than 5 % of it, no session begins; nil for the log's own default.
    package var auditFreeMebibytesMin: Int?
    package var sites: [SiteEntry] = []
    package var reps: [RepEntry] = []
    package var limits = RuntimeLimits()
    /// Service loops, each a thread of its own: one a core, unless the operator knows better. In `loopCountBounds`.
    package var loopCount = Self.loopCountDefault

    /// More loops than this only pass frames around.
    package static let loopCountBounds = 1...64

    /// The cores that this process may use.
    package static var loopCountDefault: Int {
        let bounds = Self.loopCountBounds
        return min(max(ProcessInfo.processInfo.activeProcessorCount, bounds.lowerBound), bounds.upperBound)
    }

    package init() {}

    /// Whether the sessions of a site are recorded.
    func records(site: String) -> Bool { self.sites.contains { $0.key == site && $0.isRecorded } }
}

/// Everything that is wrong with a configuration, to be mended in one go.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// One problem.
    package struct Problem: Equatable, Sendable, CustomStringConvertible {
        package var file: String
        /// From 1; 0 when the problem has no line.
        package var line: Int
        /// The dotted key; empty when the file cannot be read at all.
        package var key: String
        package var words: String

        package var description: String {
            let place = self.line > 0 ? "\(self.file):\(self.line)" : self.file
            return self.key.isEmpty ? "\(place): \(self.words)" : "\(place): \(self.key): \(self.words)"
        }
    }

    package var problems: [Problem]

    package var description: String {
        self.problems.map(\.description).joined(separator: "\n")
    }
}
