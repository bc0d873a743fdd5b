internal import Glibc
package import Logging

/// Writes one line an event to standard error, with the priority prefix of sd-daemon(3); journald adds time and name.
///
/// It never sees payloads, addresses with queries or typed values: callers log ids, sizes and codes.
package struct JournalLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    package init(level: Logger.Level) {
        self.logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    /// Writes the event to standard error in one write.
    package func log(event: LogEvent) {
        let bytes = Self.line(
            event.level, "\(event.message)", self.metadata.merging(event.metadata ?? [:]) { _, new in new })
        unsafe bytes.withUnsafeBytes { bytes in
            _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }

    /// One line: priority, message, facts by name. Control characters of a peer's text become U+FFFD.
    package static func line(_ level: Logger.Level, _ message: String, _ facts: Logger.Metadata) -> [UInt8] {
        var line = "<\(Self.priority(level))>\(message)"
        for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(value)"
        }
        let bytes = line.unicodeScalars.flatMap { scalar in
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            return Array((isControl ? "\u{FFFD}" : scalar).utf8)
        }
        return bytes + [UInt8(ascii: "\n")]
    }

    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
