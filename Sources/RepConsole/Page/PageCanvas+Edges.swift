import PageView
import Terminal

/// Borders and rules: lines between cells, an eighth of a cell thick. Each may be drawn in the cell on either side of
/// it, so that it goes round the words that stand beside it.
extension PageCanvas {
    /// Px from which on an upright line is drawn thick.
    private static let thickMin = 3.0

    /// A line between two columns of cells or two rows.
    private struct Line {
        var isUpright: Bool
        /// The boundary: 0 is the pane's left or upper edge.
        var place: Int
        /// The rows or columns along it.
        var along: Range<Int>
        var edge: ViewEdge
        /// Whether the box lies after it: to the right of it, or below.
        var isLeading: Bool
    }

    /// All borders, the topmost first: a cell shows one line. What may be left out comes last.
    mutating func drawEdges() {
        let all = self.ink.edges.map { self.settled($0) }
        let rules = self.rules(of: all)
        for isWholeOnly in [false, true] {
            // Level lines go on where upright ones meet them: a cell shows one of both, and an upright line has other
            // cells between.
            let drawn = all.indices.reversed().filter { all[$0].isWholeOnly == isWholeOnly && self.hasRoom(all[$0]) }
            let isInside = drawn.map { self.drawLevel(all[$0], rules) }
            for (index, isInside) in zip(drawn, isInside) {
                self.drawUpright(all[index], isInside: isInside)
            }
        }
    }

    /// Level lines of several boxes that go on in one another, as under the cells of a table, by their boundary: the
    /// columns, and whether they run in the row above it, where uprights join them better: not if more words are there.
    private func rules(of all: [PageEdges]) -> [Int: [(along: Range<Int>, isAbove: Bool)]] {
        var ranges: [Int: [Range<Int>]] = [:]
        for edges in all {
            for line in self.lines(of: edges) where !line.isUpright && self.isShown(line, of: edges) {
                ranges[line.place, default: []].append(line.along)
            }
        }
        var rules: [Int: [(along: Range<Int>, isAbove: Bool)]] = [:]
        for (boundary, ranges) in ranges {
            rules[boundary] = Self.joined(ranges).map { along in
                (along, self.inkCount(along, row: boundary - 1) <= self.inkCount(along, row: boundary))
            }
        }
        return rules
    }

    /// What several of the ranges make up that touch one another.
    private static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var joined: [(along: Range<Int>, count: Int)] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.along.upperBound + 1 {
                let end = max(last.along.upperBound, range.upperBound)
                joined[joined.count - 1] = (last.along.lowerBound..<end, last.count + 1)
            } else {
                joined.append((range, 1))
            }
        }
        return joined.filter { $0.count > 1 }.map(\.along)
    }

    private func inkCount(_ columns: Range<Int>, row: Int) -> Int {
        guard row >= 0, row < self.screen.rows else { return .max }
        return columns.clamped(to: 0..<self.screen.columns).count { self.isInked(column: $0, row: row) }
    }

    /// A box made higher than its px gives back the rows that other words stand in.
    private func settled(_ edges: PageEdges) -> PageEdges {
        guard let row = edges.labelRow else { return edges }
        var edges = edges
        while edges.cells.top < row, self.hasInk(edges, row: edges.cells.top) { edges.cells.top += 1 }
        while edges.cells.bottom > row + 1, self.hasInk(edges, row: edges.cells.bottom - 1) { edges.cells.bottom -= 1 }
        return edges
    }

    private func hasInk(_ edges: PageEdges, row: Int) -> Bool {
        (edges.cells.left..<max(edges.cells.left, edges.cells.right)).clamped(to: 0..<self.screen.columns)
            .contains { self.isInked(column: $0, row: row) }
    }

    /// The four sides, level ones first: on them depends where the upright ones meet them.
    private func lines(of edges: PageEdges) -> [Line] {
        let (cells, clip, border) = (edges.cells, edges.clip, edges.border)
        let columns = (cells.left..<max(cells.left, cells.right)).clamped(to: clip.left..<max(clip.left, clip.right))
        let rows = (cells.top..<max(cells.top, cells.bottom)).clamped(to: clip.top..<max(clip.top, clip.bottom))
        return [
            Line(isUpright: false, place: cells.top, along: columns, edge: border.top, isLeading: true),
            Line(isUpright: false, place: cells.bottom, along: columns, edge: border.bottom, isLeading: false),
            Line(isUpright: true, place: cells.left, along: rows, edge: border.left, isLeading: true),
            Line(isUpright: true, place: cells.right, along: rows, edge: border.right, isLeading: false),
        ]
    }

    /// Whether a box that has all its sides or none has room for all.
    private func hasRoom(_ edges: PageEdges) -> Bool {
        !edges.isWholeOnly || self.lines(of: edges).allSatisfy { self.hasRoom($0, of: edges) }
    }

    /// Draws the upper and the lower side. Returns whether one of them runs inside the box.
    private mutating func drawLevel(
        _ edges: PageEdges, _ rules: [Int: [(along: Range<Int>, isAbove: Bool)]]
    ) -> Bool {
        var isInside = false
        for line in self.lines(of: edges) where !line.isUpright && self.isShown(line, of: edges) {
            let rule = rules[line.place]?.first { $0.along.overlaps(line.along) }
            let isOuter =
                rule.map { $0.isAbove == line.isLeading } ?? self.prefersOutside(line, of: edges, wants: false)
            self.draw(line, of: edges, outside: isOuter)
            if !isOuter { isInside = true }
        }
        return isInside
    }

    private mutating func drawUpright(_ edges: PageEdges, isInside: Bool) {
        for line in self.lines(of: edges) where line.isUpright && self.isShown(line, of: edges) {
            self.draw(line, of: edges, outside: self.prefersOutside(line, of: edges, wants: isInside))
        }
    }

    /// Whether no ink is in the way on one side of the boundary.
    private func hasRoom(_ line: Line, of edges: PageEdges) -> Bool {
        guard self.isShown(line, of: edges) else { return true }
        let limit = line.isUpright ? self.screen.rows : self.screen.columns
        return [true, false].contains { outside in
            line.along.clamped(to: 0..<limit).allSatisfy {
                self.isFree(self.cell(line, at: $0, outside: outside), of: edges)
            }
        }
    }

    /// Whether a side is painted, and the clip does not cut it off.
    private func isShown(_ line: Line, of edges: PageEdges) -> Bool {
        guard line.edge.isPainted, line.edge.width >= 0.5, !line.along.isEmpty else { return false }
        return line.isUpright
            ? line.place >= edges.clip.left && line.place <= edges.clip.right
            : line.place >= edges.clip.top && line.place <= edges.clip.bottom
    }

    /// The cell along a line, inside the box or beyond.
    private func cell(_ line: Line, at place: Int, outside: Bool) -> Position {
        let across = line.isLeading == outside ? line.place - 1 : line.place
        return line.isUpright ? Position(column: across, row: place) : Position(column: place, row: across)
    }

    /// Which side of the boundary takes the whole line: the wanted one unless only the other has room for all of it.
    private func prefersOutside(_ line: Line, of edges: PageEdges, wants: Bool) -> Bool {
        let wanted = self.cost(of: line, of: edges, outside: wants)
        return wanted == 0 || self.cost(of: line, of: edges, outside: !wants) >= wanted ? wants : !wants
    }

    /// What a line costs on one side of the boundary: cells that have no room for it, and half of that for those where
    /// it would take the place of a colour.
    private func cost(of line: Line, of edges: PageEdges, outside: Bool) -> Int {
        let size = self.screen.size
        return line.along.clamped(to: 0..<(line.isUpright ? size.rows : size.columns)).reduce(0) { sum, place in
            let cell = self.cell(line, at: place, outside: outside)
            guard self.isFree(cell, of: edges) else { return sum + 2 }
            return sum + (self.screen[cell.column, cell.row].isPixelPair ? 1 : 0)
        }
    }

    private func isFree(_ cell: Position, of edges: PageEdges) -> Bool {
        guard self.screen.bounds.contains(column: cell.column, row: cell.row),
            !self.isInked(column: cell.column, row: cell.row),
            !self.ink.planes.isCovered(column: cell.column, row: cell.row, after: edges.order)
        else { return false }
        let shown = self.screen[cell.column, cell.row]
        return shown.isBlank || shown.isPixelPair
    }

    private mutating func draw(_ line: Line, of edges: PageEdges, outside: Bool) {
        let limit = line.isUpright ? self.screen.rows : self.screen.columns
        for place in line.along.clamped(to: 0..<limit) where !self.isDrawn(line, at: place) {
            for isOuter in [outside, !outside] {
                let cell = self.cell(line, at: place, outside: isOuter)
                let side = self.side(of: line, isAfter: line.isLeading != isOuter)
                // Another line stands there: a cell shows one, and this one goes on after it.
                if self.screen.edge(column: cell.column, row: cell.row) != nil {
                    if self.crosses(line, in: cell, of: edges) { self.join(line, side, in: cell, of: edges) }
                    break
                }
                guard self.isFree(cell, of: edges) else { continue }
                self.put(line, side, in: cell, of: edges)
                break
            }
        }
    }

    /// Whether a neighbour's line runs along the same boundary there: boxes of a table share their lines.
    private func isDrawn(_ line: Line, at place: Int) -> Bool {
        [true, false].contains { isOuter in
            let cell = self.cell(line, at: place, outside: isOuter)
            guard let shown = self.screen.edge(column: cell.column, row: cell.row) else { return false }
            let isAfter = line.isLeading != isOuter
            switch shown {
            case .top: return !line.isUpright && isAfter
            case .bottom: return !line.isUpright && !isAfter
            case .left, .thickLeft: return line.isUpright && isAfter
            case .right: return line.isUpright && !isAfter
            }
        }
    }

    /// The side of its cell that a line runs along, when the boundary is before (`isAfter`) or after the cell.
    private func side(of line: Line, isAfter: Bool) -> Screen.Edge {
        guard line.isUpright else { return isAfter ? .top : .bottom }
        guard isAfter else { return .right }
        return line.edge.width >= Self.thickMin ? .thickLeft : .left
    }

    /// Whether an upright line meets a level one that goes on to both sides, and nothing is painted over it.
    private func crosses(_ line: Line, in cell: Position, of edges: PageEdges) -> Bool {
        guard line.isUpright, !self.ink.planes.isCovered(column: cell.column, row: cell.row, after: edges.order),
            let level = self.screen.edge(column: cell.column, row: cell.row), level == .top || level == .bottom
        else { return false }
        return [-1, 1].allSatisfy { step in
            let column = cell.column + step
            return (0..<self.screen.columns).contains(column)
                && self.screen.edge(column: column, row: cell.row) == level
        }
    }

    /// Draws the upright line through the level one.
    private mutating func join(_ line: Line, _ side: Screen.Edge, in cell: Position, of edges: PageEdges) {
        let colour = self.washed(
            Colour(rgb: line.edge.colour.rgb), column: cell.column, row: cell.row, after: edges.order)
        let ground = self.screen[cell.column, cell.row].background
        self.screen.joinEdge(
            side, column: cell.column, row: cell.row,
            colour: colour.blended(over: ground, alpha: PageInk.alpha(line.edge.colour, edges.opacity)))
    }

    private mutating func put(_ line: Line, _ side: Screen.Edge, in cell: Position, of edges: PageEdges) {
        let (upper, lower) = self.screen.halves(column: cell.column, row: cell.row)
        // Beside a level line stands the half it touches; a mixture of both would be a colour that is not there.
        let ground =
            switch side {
            case .top: upper
            case .bottom: lower
            case .left, .thickLeft, .right: lower.blended(over: upper, alpha: 128)
            }
        let colour = self.washed(
            Colour(rgb: line.edge.colour.rgb), column: cell.column, row: cell.row, after: edges.order)
        self.screen.putEdge(
            side, column: cell.column, row: cell.row,
            colour: colour.blended(over: ground, alpha: PageInk.alpha(line.edge.colour, edges.opacity)))
    }
}
