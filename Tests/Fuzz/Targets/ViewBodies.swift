import PageView
import Wire

extension FuzzTarget {
    /// Lines read of one input: enough for a story of deltas.
    private static let bodyCountMax = 32
    /// Items pressed in one view: each press walks all items.
    private static let pressCountMax = 16

    /// Reads one body a line: a keyframe, then bodies with a letter in front: `d`elta, `s`croll, `p`ress, `c`ursor or
    /// another `k`eyframe.
    static func view(_ input: [UInt8]) throws(BrokenPromise) {
        let lines = input.split(separator: UInt8(ascii: "\n"), maxSplits: Self.bodyCountMax)
        guard let first = lines.first, var view = try? View(keyframe: Array(first)) else { return }
        try Self.look(at: view)
        for line in lines.dropFirst() {
            let body = Array(line.dropFirst())
            switch line.first {
            case UInt8(ascii: "d"): try Self.apply(body, to: &view)
            case UInt8(ascii: "s"):
                guard let scroll = try? ViewScroll(body) else { continue }
                view.apply(scroll)
            case UInt8(ascii: "p"):
                guard let press = try? ViewPress(body) else { continue }
                _ = view.hit(at: press.point)
                continue
            case UInt8(ascii: "c"):
                guard let point = (try? ViewCursor(body))?.point else { continue }
                _ = view.hit(at: point)
                continue
            case UInt8(ascii: "k"):
                guard let keyframe = try? View(keyframe: body) else { continue }
                view = keyframe
            case .some, nil: continue
            }
            try Self.look(at: view)
        }
    }

    private static func apply(_ body: [UInt8], to view: inout View) throws(BrokenPromise) {
        guard let delta = try? ViewDelta(body) else { return }
        let before = view
        do {
            try view.apply(delta)
        } catch {
            return try promise("a delta that is refused changes nothing", view == before)
        }
        var twice = view
        try promise("a delta that was applied can be applied again", (try? twice.apply(delta)) != nil)
        try promise("a delta applied twice is the same as once", twice == view)
    }

    /// Everything a client asks of a view.
    private static func look(at view: View) throws(BrokenPromise) {
        let layers = view.placedLayers()
        let ids = Set(view.blocks.map(\.id))
        try promise("every block's layer exists", view.blocks.allSatisfy { layers[$0.layer] != nil })
        try promise("no two blocks have one id", ids.count == view.blocks.count)
        let itemCount = view.blocks.reduce(0) { $0 + $1.items.count }
        try promise("a view counts its items", view.itemCount == itemCount && itemCount <= ViewLimits.itemCountMax)
        try promise("opacities are shares", layers.values.allSatisfy { (0...1).contains($0.opacity) })
        let items = view.placedItems(in: .everything)
        try promise("an item's place is finite", items.allSatisfy { Self.isFinite($0.rect) })
        for placed in items.prefix(Self.pressCountMax) {
            _ = view.hit(at: ViewPoint(x: placed.rect.midX, y: placed.rect.midY))
        }
        for word in view.visibleWords(in: view.viewportRect) {
            try promise("a word's place is finite", Self.isFinite(word.rect) && !word.text.isEmpty)
        }
        try promise("a common size is a size", view.commonTextSize.isFinite)
        let lines = view.readingLines()
        try promise("a line's place is finite", lines.allSatisfy { Self.isFinite($0.rect) })
        if let needle = lines.first?.text.prefix(3) {
            try promise("no more matches than the limit", view.matches(of: String(needle)).count <= View.matchCountMax)
        }
        _ = view.plainText()
    }

    private static func isFinite(_ rect: ViewRect) -> Bool {
        rect.x.isFinite && rect.y.isFinite && rect.width.isFinite && rect.height.isFinite
    }
}
