package import Age

/// Which sites' sessions are recorded, and for whom. Recordings are off where no site is named.
package struct RecordingPolicy: Equatable, Sendable {
    /// Who can open a recording: the auditors. The relay itself never can.
    package var recipients: [AgeRecipient]
    /// Keys of the sites with `recording = "view"`.
    package var sites: Set<String>

    /// A policy; without recipients nothing is recorded.
    package init(recipients: [AgeRecipient], sites: Set<String>) {
        self.recipients = recipients
        self.sites = sites
    }

    /// The word of a consent's scope by which a shopper says that they know of the recording.
    package static let scopeWord = "record"

    /// Whether a session of `site` is recorded once its shopper has consented to `scope`.
    package func records(site: String?, scope: [String]) -> Bool {
        guard let site, !self.recipients.isEmpty else { return false }
        return self.sites.contains(site) && scope.contains(Self.scopeWord)
    }
}
