/// Finds a few colours that stand for many: the box of colours with the widest channel is cut in the middle of it until
/// there are enough (after P. Heckbert, Color image quantization for frame buffer display, SIGGRAPH 1982, who cuts at
/// the median: a rare colour far from all others would be lost).
enum ColourQuantiser {
    /// As many as an index of one byte names.
    static let colourCountMax = 256

    /// At most `count` colours, `0xRRGGBB`, and for each of `samples` the index of the one that stands for it.
    static func reduced(_ samples: [UInt32], to count: Int) -> (colours: [UInt32], indices: [UInt8]) {
        let limit = min(max(count, 1), Self.colourCountMax)
        var counts: [UInt32: Int] = [:]
        for sample in samples { counts[sample, default: 0] += 1 }
        // Sorted, so that the same picture is the same bytes.
        var boxes = [counts.keys.sorted()]
        while boxes.count < limit, let widest = Self.widest(boxes) {
            let (low, high) = Self.parted(boxes[widest.index], by: widest.shift)
            boxes[widest.index] = low
            boxes.append(high)
        }
        var indexOf: [UInt32: UInt8] = [:]
        for (index, box) in boxes.enumerated() {
            for colour in box { indexOf[colour] = UInt8(index) }
        }
        return (boxes.map { Self.mean($0, counts) }, samples.map { indexOf[$0] ?? 0 })
    }

    /// The box with the widest range of one channel, and that channel's shift; nil when all hold one colour.
    private static func widest(_ boxes: [[UInt32]]) -> (index: Int, shift: UInt32)? {
        var best: (index: Int, shift: UInt32, range: UInt32)?
        for (index, box) in boxes.enumerated() where box.count > 1 {
            for shift: UInt32 in [16, 8, 0] {
                let values = box.map { $0 >> shift & 0xFF }
                let range = (values.max() ?? 0) - (values.min() ?? 0)
                if range > best?.range ?? 0 { best = (index, shift, range) }
            }
        }
        return best.map { ($0.index, $0.shift) }
    }

    /// A box's colours below and above the middle of a channel's range; neither is empty where the range is not 0.
    private static func parted(_ box: [UInt32], by shift: UInt32) -> (low: [UInt32], high: [UInt32]) {
        let values = box.map { $0 >> shift & 0xFF }
        let middle = ((values.min() ?? 0) + (values.max() ?? 0)) / 2
        return (
            box.filter { $0 >> shift & 0xFF <= middle }, box.filter { $0 >> shift & 0xFF > middle }
        )
    }

    private static func mean(_ box: [UInt32], _ counts: [UInt32: Int]) -> UInt32 {
        let whole = max(box.reduce(0) { $0 + (counts[$1] ?? 0) }, 1)
        return [16, 8, 0].reduce(0) { result, shift in
            let sum = box.reduce(0) { $0 + Int($1 >> UInt32(shift) & 0xFF) * (counts[$1] ?? 0) }
            return result | UInt32(sum / whole) << UInt32(shift)
        }
    }
}
