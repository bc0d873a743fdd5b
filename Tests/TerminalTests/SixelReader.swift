@testable import Terminal

/// Reads sixels by another hand than the encoder's: the pixels that a picture's bytes paint.
struct SixelReader {
    private(set) var width = 0
    private(set) var height = 0
    /// Row by row; nil where nothing was painted.
    private(set) var pixels: [UInt32?] = []

    /// Nil for bytes that are no whole sixel string, or hold anything but digits and the letters of the format.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), text.hasPrefix("\u{1B}P0;0;0q\"1;1;"),
            text.hasSuffix("-\u{1B}\\")
        else { return nil }
        var rest = text.dropFirst("\u{1B}P0;0;0q\"1;1;".count).dropLast(2)
        func number() -> Int {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return Int(digits) ?? 0
        }
        self.width = number()
        rest = rest.dropFirst()
        self.height = number()
        self.pixels = [UInt32?](repeating: nil, count: self.width * self.height)
        var colours: [Int: UInt32] = [:]
        var (colour, x, band, count) = (0, 0, 0, 1)
        while let letter = rest.popFirst() {
            switch letter {
            case "#":
                colour = number()
                guard rest.first == ";" else { continue }
                rest = rest.dropFirst(3)
                let parts = (0..<3).map { part -> Int in
                    if part > 0 { rest = rest.dropFirst() }
                    return number()
                }
                colours[colour] = parts.reduce(0) { $0 << 8 | UInt32(($1 * 255 + 50) / 100) }
            case "!": count = number()
            case "$": x = 0
            case "-": (x, band) = (0, band + 1)
            case "?"..."~":
                guard self.paint(letter, colours[colour], x: x..<(x + count), band: band) else { return nil }
                (x, count) = (x + count, 1)
            default: return nil
            }
        }
    }

    /// False for pixels outside the picture.
    private mutating func paint(_ letter: Character, _ colour: UInt32?, x: Range<Int>, band: Int) -> Bool {
        guard let bits = letter.asciiValue.map({ $0 - 0x3F }), x.upperBound <= self.width else { return false }
        for bit in 0..<6 where bits & 1 << UInt8(bit) != 0 {
            let y = band * 6 + bit
            guard y < self.height, colour != nil else { return false }
            for column in x { self.pixels[y * self.width + column] = colour }
        }
        return true
    }
}
