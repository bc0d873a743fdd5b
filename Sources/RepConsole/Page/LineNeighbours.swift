import PageView
import Terminal

/// Where the page's lines begin and end: pages align prices by other means than `text-align`.
struct TextColumns {
    private var begins: [Int: Int] = [:]
    private var ends: [Int: Int] = [:]

    init(_ lines: [ViewRect]) {
        for line in lines {
            self.begins[Self.key(line.x), default: 0] += 1
            self.ends[Self.key(line.right), default: 0] += 1
        }
    }

    /// Whether at least two other lines end where this one ends, and fewer begin where it begins.
    func isRightAligned(_ line: ViewRect) -> Bool {
        let ends = self.ends[Self.key(line.right)] ?? 0
        return ends > 2 && (self.begins[Self.key(line.x)] ?? 0) < ends
    }

    /// Px rounded to pairs: senders round.
    private static func key(_ x: Double) -> Int { PageScale.whole((x / 2).rounded()) }
}

/// The rows that the page's lines stand on by their px.
struct LineRows {
    /// Lines looked at on one row; more is a page that nobody can read.
    private static let lineCountMax = 64

    private let scale: PageScale
    private var rows: [[ViewRect]]

    init(_ lines: [ViewRect], scale: PageScale) {
        self.scale = scale
        self.rows = [[ViewRect]](repeating: [], count: scale.size.rows)
        for line in lines {
            let row = scale.row(line.midY)
            guard self.rows.indices.contains(row), self.rows[row].count < Self.lineCountMax else { continue }
            self.rows[row].append(line)
        }
    }

    /// Whether the row below a line is in the pane and has no line where this one is.
    func isFree(below line: ViewRect) -> Bool {
        let row = self.scale.row(line.midY) + 1
        guard self.rows.indices.contains(row), self.rows[row].count < Self.lineCountMax else { return false }
        return !self.rows[row].contains { $0.x < line.right && $0.right > line.x }
    }
}
