import Terminal

/// Where a run came to stand.
struct PlacedRun {
    var run: PageRun
    var column: Int
    var row: Int
    /// Columns it may use; less than the run needs when it is cut.
    var columns: Int
}

/// Finds a row and columns for every run: lines of proportional text must share a grid that has no room for some of
/// them.
///
/// A run stands where its px say, or is shifted a little, or stands on a free row next to it; else it is cut; else
/// dropped.
struct RunPlacer {
    /// Columns that a run may be shifted before a neighbour row is tried: words stay within 4 of their px.
    static let shiftMax = 3
    /// Columns that a run may be shifted before it is cut.
    static let farShiftMax = 12
    /// A cut run shorter than this says nothing.
    static let cutColumnsMin = 4

    /// One row's runs from left to right.
    private struct Row {
        var runs: [Int] = []
        var columns: [Int] = []
    }

    private let size: ScreenSize
    private let planes: PagePlanes
    private var runs: [PageRun]
    private var rows: [Row]
    /// Columns granted to run n; -1 while it has no place.
    private var granted: [Int]
    /// The lowest row used so far at each column, and where that run's px are: a line never goes above one that is
    /// above it.
    private var lowest: [(row: Int, middle: Double)]

    private init(runs: [PageRun], planes: PagePlanes, size: ScreenSize) {
        self.size = size
        self.planes = planes
        self.runs = runs
        self.rows = [Row](repeating: Row(), count: size.rows)
        self.granted = [Int](repeating: -1, count: runs.count)
        self.lowest = [(row: Int, middle: Double)](repeating: (-1, -1), count: size.columns)
    }

    /// The runs that found room, and those that did not.
    static func place(
        _ runs: [PageRun], on planes: PagePlanes, size: ScreenSize
    ) -> (placed: [PlacedRun], dropped: [PageRun]) {
        var placer = RunPlacer(runs: runs, planes: planes, size: size)
        placer.placeAll()
        return placer.result()
    }

    private mutating func placeAll() {
        let order = self.runs.indices.sorted {
            (self.runs[$0].middle, self.runs[$0].left) < (self.runs[$1].middle, self.runs[$1].left)
        }
        for index in order where self.runs[index].claim == .fixed {
            self.trim(index)
            if !self.insert(index, row: self.runs[index].row, shift: 0) {
                self.runs[index].claim = .movable
            }
        }
        for index in order where self.runs[index].claim == .movable && self.granted[index] < 0 {
            self.placeMovable(index)
        }
        self.followLabels()
        for index in order where self.runs[index].claim == .optional {
            if !self.insert(index, row: self.runs[index].row, shift: 0) {
                self.cut(index, rows: [self.runs[index].row], columnsMin: 6)
            }
        }
    }

    /// Moves marks to the rows that their labels were moved to, where there is room.
    private mutating func followLabels() {
        for index in self.runs.indices {
            guard let label = self.runs[index].beside, let from = self.row(of: index), let to = self.row(of: label),
                from != to, let place = self.rows[from].runs.firstIndex(of: index)
            else { continue }
            let column = self.rows[from].columns[place]
            self.rows[from].runs.remove(at: place)
            self.rows[from].columns.remove(at: place)
            if !self.insert(index, row: to, shift: Self.shiftMax) {
                self.rows[from].runs.insert(index, at: place)
                self.rows[from].columns.insert(column, at: place)
            }
        }
    }

    /// The row on which a run stands; nil while it has no place.
    private func row(of index: Int) -> Int? {
        guard self.granted[index] >= 0 else { return nil }
        let near = self.runs[index].row
        return (near - 2...near + 2).first { self.rows.indices.contains($0) && self.rows[$0].runs.contains(index) }
    }

    /// Leaves of a field what no later opaque box covers: the longest stretch of it.
    private mutating func trim(_ index: Int) {
        let run = self.runs[index]
        let inPane = (-run.column..<(self.size.columns - run.column)).clamped(to: 0..<run.columns)
        var best = 0..<0
        var start = inPane.lowerBound
        for offset in inPane.lowerBound...inPane.upperBound {
            let isFree =
                offset < inPane.upperBound
                && !self.planes.isCovered(column: run.column + offset, row: run.row, after: run.order)
            if !isFree {
                best = offset - start > best.count ? start..<offset : best
                start = offset + 1
            }
        }
        guard best.count < run.columns else { return }
        self.runs[index].pieces = run.pieces.compactMap { piece in
            var kept = piece
            guard piece.offset >= best.lowerBound, piece.offset < best.upperBound else { return nil }
            kept.text = piece.text.prefix(columns: best.upperBound - piece.offset)
            kept.offset -= best.lowerBound
            return kept
        }
        self.runs[index].column += best.lowerBound
        self.runs[index].columns = best.count
    }

    private mutating func placeMovable(_ index: Int) {
        let run = self.runs[index]
        let (near, far) = self.neighbours(of: run)
        let tries = [
            (run.row, Self.shiftMax), (near, Self.shiftMax), (far, Self.shiftMax),
            (run.row + 2 * (near - run.row), Self.shiftMax), (run.row, Self.farShiftMax), (near, Self.farShiftMax),
        ]
        for (row, shift) in tries where self.mayMove(run, to: row) {
            if self.insert(index, row: row, shift: shift) {
                return
            }
        }
        self.cut(
            index, rows: [run.row, near, far].filter { self.mayMove(run, to: $0) }, columnsMin: Self.cutColumnsMin)
    }

    /// The row above and the row below, the better one first: away from the run that is in the way, else by the px.
    private func neighbours(of run: PageRun) -> (near: Int, far: Int) {
        var goesDown = run.fraction >= 0.5
        if run.row >= 0, run.row < self.rows.count {
            for (place, other) in self.rows[run.row].runs.enumerated() {
                let column = self.rows[run.row].columns[place]
                if column < run.column + run.columns, run.column < column + self.granted[other] {
                    goesDown = self.runs[other].middle <= run.middle
                }
            }
        }
        return goesDown ? (run.row + 1, run.row - 1) : (run.row - 1, run.row + 1)
    }

    /// Whether no earlier line stands below `row` in the run's columns, nor on it where that is above the run's own
    /// row.
    private func mayMove(_ run: PageRun, to row: Int) -> Bool {
        guard row >= 0, row < self.rows.count else { return false }
        let columns = (run.column..<(run.column + run.columns)).clamped(to: 0..<self.size.columns)
        return columns.allSatisfy { column in
            let above = self.lowest[column]
            let isBeside = row == run.row && run.middle - above.middle < 0.3
            return above.row < row || isBeside || above.row == row && row >= run.row
        }
    }

    /// Puts the run on `row` when it and all others there then stand at most `shift` columns from their px.
    private mutating func insert(_ index: Int, row: Int, shift: Int) -> Bool {
        guard row >= 0, row < self.rows.count, self.rows[row].runs.count * 2 < self.size.columns else { return false }
        let run = self.runs[index]
        var runs = self.rows[row].runs
        let place = runs.firstIndex { self.runs[$0].left > run.left } ?? runs.count
        runs.insert(index, at: place)
        guard let columns = self.fitted(runs, row: row, newcomer: index, shift: shift) else { return false }
        self.rows[row].runs = runs
        self.rows[row].columns = columns
        self.granted[index] = run.columns
        self.note(index, column: columns[place], row: row)
        return true
    }

    /// Start columns for all runs of a row: first pushed right by those before, then back left by those after and the
    /// bounds.
    private func fitted(_ runs: [Int], row: Int, newcomer: Int, shift: Int) -> [Int]? {
        var columns: [Int] = []
        var end = Int.min / 2
        for (place, index) in runs.enumerated() {
            let run = self.runs[index]
            let gap = place > 0 ? self.gap(self.runs[runs[place - 1]], run) : 0
            let bounds = self.room(for: run, row: row)
            let column = run.claim == .fixed ? run.column : max(run.column, end + gap, bounds.lowerBound)
            columns.append(column)
            end = column + self.length(index, newcomer)
        }
        var next = Int.max / 2
        for place in runs.indices.reversed() {
            let run = self.runs[runs[place]]
            let gap = place + 1 < runs.count ? self.gap(run, self.runs[runs[place + 1]]) : 0
            let limit = min(next - gap, self.room(for: run, row: row).upperBound)
            columns[place] = min(columns[place], limit - self.length(runs[place], newcomer))
            next = columns[place]
        }
        return self.isGood(columns, runs, row: row, newcomer: newcomer, shift: shift) ? columns : nil
    }

    private func isGood(_ columns: [Int], _ runs: [Int], row: Int, newcomer: Int, shift: Int) -> Bool {
        for (place, index) in runs.enumerated() {
            let run = self.runs[index]
            guard columns[place] >= self.room(for: run, row: row).lowerBound else { return false }
            guard abs(columns[place] - run.column) <= (run.claim == .fixed ? 0 : shift) else { return false }
            if place > 0 {
                let before = runs[place - 1]
                let end = columns[place - 1] + self.length(before, newcomer)
                guard columns[place] >= end + self.gap(self.runs[before], run) else { return false }
            }
        }
        return true
    }

    private func length(_ index: Int, _ newcomer: Int) -> Int {
        index == newcomer ? self.runs[index].columns : self.granted[index]
    }

    /// No blank is kept between pieces that touch in the page, as in a link followed by a full stop; nor beside a
    /// field, whose side is a line.
    private func gap(_ left: PageRun, _ right: PageRun) -> Int {
        let isField = left.claim == .fixed || right.claim == .fixed
        return isField || abs(right.left - left.right) < 1.5 ? 0 : 1
    }

    /// The columns on `row` around the run's own place that no later opaque box covers whole.
    private func room(for run: PageRun, row: Int) -> Range<Int> {
        var left = min(max(run.column, run.bounds.lowerBound), run.bounds.upperBound)
        // A run that begins under a later box begins beside it.
        let beside = (left..<min(left + Self.shiftMax + 1, run.bounds.upperBound)).first {
            self.isFree($0, row, for: run)
        }
        left = beside ?? left
        var right = left
        while left > run.bounds.lowerBound, self.isFree(left - 1, row, for: run) {
            left -= 1
        }
        while right < run.bounds.upperBound, self.isFree(right, row, for: run) {
            right += 1
        }
        return left..<right
    }

    private func isFree(_ column: Int, _ row: Int, for run: PageRun) -> Bool {
        !self.planes.isCovered(column: column, row: row, after: run.order)
            && !self.planes.isPaintedOver(column: column, row: row, after: run.order)
    }

    /// Gives the run what is free on the best of `rows`, when that is enough to say something.
    private mutating func cut(_ index: Int, rows: [Int], columnsMin: Int) {
        let run = self.runs[index]
        var best: (row: Int, free: Range<Int>)?
        for row in rows where row >= 0 && row < self.rows.count {
            let free = self.free(for: run, row: row)
            if free.count > (best?.free.count ?? 0) {
                best = (row, free)
            }
        }
        guard let best, best.free.count >= min(columnsMin, run.columns) else { return }
        let column = max(best.free.lowerBound, min(run.column, best.free.upperBound - run.columns))
        let place = self.rows[best.row].columns.firstIndex { $0 > column } ?? self.rows[best.row].runs.count
        self.rows[best.row].runs.insert(index, at: place)
        self.rows[best.row].columns.insert(column, at: place)
        self.granted[index] = min(run.columns, best.free.upperBound - column)
        self.note(index, column: column, row: best.row)
    }

    /// The free columns on `row` from near the run's place on.
    private func free(for run: PageRun, row: Int) -> Range<Int> {
        let room = self.room(for: run, row: row)
        var left = max(room.lowerBound, run.column - Self.farShiftMax)
        var right = room.upperBound
        for (place, other) in self.rows[row].runs.enumerated() {
            let column = self.rows[row].columns[place]
            if self.runs[other].left <= run.left {
                left = max(left, column + self.granted[other] + 1)
            } else {
                right = min(right, column - 1)
            }
        }
        return left..<max(left, right)
    }

    private mutating func note(_ index: Int, column: Int, row: Int) {
        guard self.runs[index].claim == .movable else { return }
        for place in (column..<(column + self.granted[index])).clamped(to: 0..<self.size.columns) {
            if row > self.lowest[place].row {
                self.lowest[place] = (row, self.runs[index].middle)
            }
        }
    }

    private func result() -> (placed: [PlacedRun], dropped: [PageRun]) {
        var placed: [PlacedRun] = []
        for (row, content) in self.rows.enumerated() {
            for (place, index) in content.runs.enumerated() {
                placed.append(
                    PlacedRun(
                        run: self.runs[index], column: content.columns[place], row: row, columns: self.granted[index]))
            }
        }
        let dropped = self.runs.indices.filter { self.granted[$0] < 0 && self.runs[$0].claim == .movable }
        return (placed, dropped.map { self.runs[$0] })
    }
}
