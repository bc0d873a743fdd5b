internal import Foundation
internal import Glibc

/// A bar on standard error for work that takes long, only where that is a terminal.
struct ProgressBar {
    private static let width = 40

    private let bytesMax: Int
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var hasShown = false

    /// A bar that is full at `bytesMax` bytes.
    init(bytesMax: Int, isShown: Bool) {
        self.bytesMax = bytesMax
        self.isShown = isShown && isatty(STDERR_FILENO) == 1
    }

    /// Shows how far it has come. Nothing is shown in the first half second.
    mutating func show(_ bytes: Int) {
        let elapsed = ContinuousClock.now - self.start
        guard self.isShown, self.bytesMax > 0, elapsed > .milliseconds(500) else { return }
        self.hasShown = true
        let share = min(1, Double(bytes) / Double(self.bytesMax))
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let speed = Int(Double(bytes) / 1_048_576 / max(seconds, 0.001))
        Self.write("\r[\(bar)] \(Int(share * 100)) %, \(speed) MiB/s ")
    }

    /// Takes the bar away.
    mutating func clear() {
        if self.hasShown { Self.write("\r\u{1B}[K") }
    }

    private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// How large a log is.
enum LogSize {
    /// The bytes of its segments; 0 where they cannot be listed.
    static func bytes(of directory: String) -> Int {
        let folder = URL(fileURLWithPath: directory).appending(path: "wal")
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: [.fileSizeKey])
        return (files ?? []).reduce(0) { sum, file in
            sum + ((try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
        }
    }
}
