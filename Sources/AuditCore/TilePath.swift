/// The name of a tile or of a bundle of entries below the log's directory, as C2SP tlog-tiles spells it.
package struct TilePath: Hashable, Sendable {
    /// What is in the file.
    package enum Kind: Hashable, Sendable {
        /// Hashes of this level, 0 to 63: perfect subtrees of `256^level` records.
        case hashes(level: Int)
        /// The records themselves.
        case entries
    }

    /// How many hashes or records a full tile has.
    package static let fullWidth = 256
    /// The bytes of one hash.
    package static let hashBytes = 32

    /// What is in it.
    package let kind: Kind
    /// Its place among those of its kind, below 10^18.
    package let index: UInt64
    /// How many hashes or records are in it, 1 to 256.
    package let width: Int

    /// The tile at `index`, holding `width`.
    package init(_ kind: Kind, index: UInt64, width: Int = TilePath.fullWidth) {
        self.kind = kind
        self.index = index
        self.width = width
    }

    /// Whether it holds fewer than 256.
    package var isPartial: Bool { self.width < Self.fullWidth }

    /// The level whose size decides how wide it is: that of its hashes, 0 for entries.
    package var level: Int {
        switch self.kind {
        case .hashes(let level): level
        case .entries: 0
        }
    }

    /// The last record it speaks of, plus one.
    package var end: UInt64 {
        (self.index << 8 + UInt64(self.width)) << UInt64(8 * self.level)
    }

    /// `tile/0/x001/x234/067.p/8`
    package var text: String {
        var groups = [Self.digits(self.index % 1_000)]
        var rest = self.index / 1_000
        while rest > 0 {
            groups.append("x" + Self.digits(rest % 1_000))
            rest /= 1_000
        }
        let kind =
            switch self.kind {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        let suffix = self.isPartial ? ".p/\(self.width)" : ""
        return "tile/\(kind)/" + groups.reversed().joined(separator: "/") + suffix
    }

    /// The tile that `text` names, or nil if it is not spelled as above.
    package init?(_ text: String) {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, parts.count <= 10, parts.removeFirst() == "tile" else { return nil }
        let name = parts.removeFirst()
        var width = Self.fullWidth
        if parts.count >= 2, parts[parts.count - 2].hasSuffix(".p") {
            guard let partial = Self.number(parts.removeLast()), (1..<Self.fullWidth).contains(partial) else {
                return nil
            }
            width = partial
            parts[parts.count - 1].removeLast(2)
        }
        let index = parts.reduce(UInt64(0)) { value, part in
            value &* 1_000 &+ (UInt64(part.drop { $0 == "x" }) ?? 0)
        }
        if name == "entries" {
            self.init(.entries, index: index, width: width)
        } else {
            guard let level = Self.number(name), (0..<8).contains(level) else { return nil }
            self.init(.hashes(level: level), index: index, width: width)
        }
        guard self.text == text else { return nil }
    }

    /// The files that a tree of `size` records has beside its full ones: at most one of hashes a level, and one of
    /// entries.
    package static func partials(ofSize size: UInt64) -> [TilePath] {
        var paths: [TilePath] = []
        var (level, count) = (0, size)
        while count > 0 {
            let (index, width) = (count >> 8, Int(count & 255))
            if width > 0 {
                paths.append(TilePath(.hashes(level: level), index: index, width: width))
                if level == 0 { paths.append(TilePath(.entries, index: index, width: width)) }
            }
            (level, count) = (level + 1, index)
        }
        return paths
    }

    private static func digits(_ value: UInt64) -> String {
        let text = String(value)
        return String(repeating: "0", count: 3 - text.count) + text
    }

    private static func number(_ text: String) -> Int? {
        guard let value = Int(text), String(value) == text else { return nil }
        return value
    }
}
