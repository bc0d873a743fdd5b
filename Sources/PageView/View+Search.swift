/// Where a searched text stands.
package struct ViewMatch: Equatable, Sendable {
    /// The matched part, in px of the viewport; it may lie outside the viewport.
    package var rect: ViewRect
    /// The whole line it is part of.
    package var line: String
    package var block: Int
    package var index: Int
}

extension View {
    /// Matches kept; a page where one letter is searched has thousands.
    package static let matchCountMax = 1000

    /// The places of `needle` in lines, values, hints and alternatives, in paint order. Letter case does not matter.
    package func matches(of needle: String) -> [ViewMatch] {
        let wanted = Array(needle.lowercased().unicodeScalars)
        guard !wanted.isEmpty else { return [] }
        var matches: [ViewMatch] = []
        for placed in self.placedItems(in: .everything) {
            for line in Self.lines(of: placed.item) {
                Self.append(wanted, in: line, of: placed, to: &matches)
                guard matches.count < Self.matchCountMax else { return matches }
            }
        }
        return matches
    }

    private static func lines(of item: ViewItem) -> [String] {
        switch item {
        case .box, .masked: []
        case .text(let text): [text.text]
        case .image(let image): [image.alternative]
        case .control(let control): [control.value.isEmpty ? control.hint : control.value]
        }
    }

    private static func append(
        _ wanted: [Unicode.Scalar], in line: String, of placed: PlacedItem, to matches: inout [ViewMatch]
    ) {
        let scalars = Array(line.lowercased().unicodeScalars)
        guard scalars.count >= wanted.count else { return }
        var edges = [0.0]
        for scalar in scalars {
            edges.append((edges.last ?? 0) + TextAdvance.advance(of: scalar))
        }
        let scale = placed.rect.width / max(edges.last ?? 0, 1)
        var start = 0
        while start + wanted.count <= scalars.count, matches.count < Self.matchCountMax {
            guard scalars[start..<(start + wanted.count)].elementsEqual(wanted) else {
                start += 1
                continue
            }
            let left = edges[start] * scale
            let right = edges[start + wanted.count] * scale
            matches.append(
                ViewMatch(
                    rect: ViewRect(
                        x: placed.rect.x + left, y: placed.rect.y, width: right - left, height: placed.rect.height),
                    line: line, block: placed.block, index: placed.index))
            start += wanted.count
        }
    }
}
