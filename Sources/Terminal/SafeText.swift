/// Text that may be shown: filtered, cut into clusters, measured. The only way for text into cells or plain output.
///
/// Peers' text (pages, chat, titles) can carry escape sequences, bidi overrides, invisible letters or private-use
/// glyphs. Here controls, C1, bidi controls, zero-width and tag characters, fillers and private use are dropped;
/// white space of any kind becomes one blank; unassigned scalars and marks without a base become U+FFFD; ZWJ stays
/// only between pictographs and U+FE0F only after an emoji. A value that can be kept: drawing it needs no `String`
/// work.
package struct SafeText: Equatable, Sendable {
    /// The longest cluster kept; more marks on one letter ("zalgo") are dropped.
    package static let clusterScalarsMax = 10
    /// Scalars read of one text; the rest is dropped. Longer than any line on a screen or chat message.
    package static let scalarsMax = 16_384

    /// Where a cluster ends in `scalars`, and its columns.
    struct Cluster: Equatable, Sendable {
        let end: Int32
        let width: UInt8
    }

    /// All clusters' scalars, one after another.
    private(set) var scalars: [UInt32] = []
    private(set) var clusters: [Cluster] = []
    /// The columns it takes.
    package private(set) var columns = 0

    /// Filters and measures `text`.
    package init(_ text: String) {
        if !self.appendSingles(text) {
            self = SafeText(clustersOf: text)
        }
    }

    /// The long way, for any text: cut into grapheme clusters by the standard library.
    init(clustersOf text: String) {
        for character in String(Self.filtered(text)) {
            self.append(Array(character.unicodeScalars.lazy.map(\.value)))
        }
    }

    /// The text as a string: safe for a terminal, a log or plain output; it never holds a line break.
    package var string: String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: self.scalars.lazy.compactMap { Unicode.Scalar($0) })
        return String(result)
    }

    /// The first clusters that fit in `columns`, followed by `…` when something was cut.
    package func truncated(toColumns limit: Int) -> SafeText {
        guard self.columns > limit else { return self }
        var result = SafeText("")
        guard limit > 0 else { return result }
        var start = 0
        for cluster in self.clusters where result.columns + Int(cluster.width) < limit {
            let end = Int(cluster.end)
            result.append(self.scalars[start..<end], width: cluster.width)
            start = end
        }
        result.append([0x2026], width: 1)
        return result
    }

    /// Text of scalars that are each a cluster needs no cutting. Returns false, with nothing of use appended, for any
    /// other text.
    private mutating func appendSingles(_ text: String) -> Bool {
        let count = min(text.utf8.count, Self.scalarsMax)
        self.scalars.reserveCapacity(count)
        self.clusters.reserveCapacity(count)
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            let value = scalar.value
            guard self.scalars.count < Self.scalarsMax else { return false }
            guard !(0x20..<0x7F).contains(value) else {
                self.appendSingle(value, width: 1)
                isAfterReturn = false
                continue
            }
            guard value < 0x80 || Self.isSingle(value) else { return false }
            switch ScalarProperties(value).scalarClass {
            case .dropped: break
            case .combining: return false
            case .space: if value != 0x0A || !isAfterReturn { self.appendSingle(0x20, width: 1) }
            case .unassigned: self.appendSingle(0xFFFD, width: 1)
            case .narrow, .ambiguous: self.appendSingle(value, width: 1)
            case .wide: self.appendSingle(value, width: 2)
            }
            isAfterReturn = value == 0x0D
        }
        return true
    }

    private mutating func appendSingle(_ scalar: UInt32, width: UInt8) {
        self.scalars.append(scalar)
        self.clusters.append(Cluster(end: Int32(self.scalars.count), width: width))
        self.columns += Int(width)
    }

    /// Blocks in which no scalar joins another unless it is of class `combining`: UAX #29 has no prepended,
    /// conjoining or regional letters in them. Latin, Greek, Cyrillic, punctuation, symbols, CJK, Hangul syllables,
    /// emoji without skin tones.
    private static func isSingle(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x80..<0x0600, 0x1E00..<0x2E00, 0x2E80..<0xA4D0, 0xAC00..<0xD7A4, 0xF900..<0xFB00, 0xFFFD: true
        case 0x1F300..<0x1F3FB, 0x1F400..<0x1F650: true
        default: false
        }
    }

    /// The scalars that may be part of a cluster, in order, with the rest replaced or dropped.
    private static func filtered(_ text: String) -> String.UnicodeScalarView {
        var result = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars.prefix(Self.scalarsMax) {
            defer { isAfterReturn = scalar == "\r" }
            switch ScalarProperties(scalar.value).scalarClass {
            case .dropped: continue
            case .space: if scalar != "\n" || !isAfterReturn { result.append(" ") }
            case .unassigned: result.append("\u{FFFD}")
            case .combining, .narrow, .ambiguous, .wide: result.append(scalar)
            }
        }
        return result
    }

    /// Appends one grapheme cluster of filtered scalars.
    private mutating func append(_ cluster: [UInt32]) {
        var kept: [UInt32] = []
        var width = 0
        for (index, scalar) in cluster.enumerated() where kept.count < Self.clusterScalarsMax {
            let next = index + 1 < cluster.count ? cluster[index + 1] : nil
            let properties = ScalarProperties(scalar)
            if kept.isEmpty {
                let hasBase = properties.scalarClass != .combining
                kept.append(hasBase ? scalar : 0xFFFD)
                width = properties.scalarClass == .wide ? 2 : 1
            } else if scalar == Self.joiner {
                guard Self.joins(kept, next) else { continue }
                kept.append(scalar)
            } else if scalar == Self.emojiSelector {
                guard Self.selectsEmoji(kept, next) else { continue }
                kept.append(scalar)
                width = 2
            } else {
                kept.append(scalar)
                width += properties.scalarClass == .combining ? 0 : properties.scalarClass == .wide ? 2 : 1
            }
        }
        if kept.last == Self.joiner {
            kept.removeLast()
        }
        self.append(kept[...], width: UInt8(min(width, 2)))
    }

    private mutating func append(_ cluster: ArraySlice<UInt32>, width: UInt8) {
        self.scalars.append(contentsOf: cluster)
        self.clusters.append(Cluster(end: Int32(self.scalars.count), width: width))
        self.columns += Int(width)
    }

    static let joiner: UInt32 = 0x200D
    static let emojiSelector: UInt32 = 0xFE0F
    private static let keycap: UInt32 = 0x20E3
    private static let skinTones: ClosedRange<UInt32> = 0x1F3FB...0x1F3FF

    /// UAX #29, rule GB11: a pictograph, its selector or skin tone, ZWJ, a pictograph.
    private static func joins(_ kept: [UInt32], _ next: UInt32?) -> Bool {
        guard let next, ScalarProperties(next).isPictographic else { return false }
        let base = kept.last { $0 != Self.emojiSelector && !Self.skinTones.contains($0) }
        return base.map { ScalarProperties($0).isPictographic } ?? false
    }

    /// A pictograph, or a digit that a keycap follows.
    private static func selectsEmoji(_ kept: [UInt32], _ next: UInt32?) -> Bool {
        guard let last = kept.last else { return false }
        let properties = ScalarProperties(last)
        return properties.isEmoji && (properties.isPictographic || next == Self.keycap)
    }
}
