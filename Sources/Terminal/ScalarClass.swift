/// What the cell encoder does with a scalar, and how many columns it takes.
enum ScalarClass: UInt8 {
    /// Never written: controls, format and bidi controls, private use, fillers, tags.
    case dropped
    /// Joins the cluster before it; takes no column.
    case combining
    case narrow
    /// East Asian Ambiguous: taken as narrow.
    case ambiguous
    case wide
    /// Not a character in our version of Unicode: shown as U+FFFD.
    case unassigned
    /// White space of any kind: shown as a blank.
    case space
}

/// The properties of one scalar, from the generated table.
struct ScalarProperties {
    private let value: UInt8

    init(_ scalar: UInt32) {
        self.value = Self.lookUp(scalar)
    }

    var scalarClass: ScalarClass { ScalarClass(rawValue: self.value & 7) ?? .dropped }
    /// Unicode's Emoji: U+FE0F after it asks for the coloured, wide form.
    var isEmoji: Bool { self.value & 8 != 0 }
    /// Unicode's Extended_Pictographic: U+200D may join two of them.
    var isPictographic: Bool { self.value & 16 != 0 }

    /// Reads the two-stage table; scalars past Unicode's end are `dropped`.
    private static func lookUp(_ scalar: UInt32) -> UInt8 {
        guard scalar < 0x110000 else { return 0 }
        let zero: UInt8 = 0x30
        let place = Int(scalar >> 8) * 2
        // In range: the first literal has two digits for each of the 4352 blocks, the second 256 for each number in it
        // (`ScalarClassTests` walks all scalars).
        let numbers = unsafe ScalarClassTable.blockNumbers.utf8Start
        let block = unsafe Int(numbers[place] - zero) << 5 | Int(numbers[place + 1] - zero)
        return unsafe ScalarClassTable.blocks.utf8Start[block << 8 | Int(scalar & 0xFF)] - zero
    }
}
