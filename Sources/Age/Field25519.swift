/// A number modulo p = 2^255 − 19, in four words, least significant first.
///
/// Only as much as turns the public half of a signing key into one for key agreement. Public values alone pass through
/// it, so it need not run in constant time.
struct Field25519: Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    static let one = Field25519(1)

    private init(_ small: UInt64) { self.words = (small, 0, 0, 0) }

    /// Reads 32 bytes, least significant first; the highest bit is left out, as in RFC 7748, section 5.
    init(bytes: [UInt8]) {
        precondition(bytes.count == 32, "a field element has 32 bytes")
        func word(_ at: Int) -> UInt64 { bytes[at..<at + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        self.words = (word(0), word(8), word(16), word(24) & 0x7FFF_FFFF_FFFF_FFFF)
    }

    /// 32 bytes of the number's only form, below p.
    var bytes: [UInt8] {
        let whole = self.reduced.words
        return [whole.0, whole.1, whole.2, whole.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        let carry = Self.add(&sum.words, right.words)
        // 2^256 = 38 (mod p).
        sum.fold(carry * 38)
        return sum
    }

    /// left + (2p − right), whose second part fits in 256 bits and never is negative for a reduced `right`.
    static func - (left: Self, right: Self) -> Self {
        var difference = Field25519(0)
        difference.words = (0xFFFF_FFFF_FFFF_FFDA, .max, .max, .max)
        let subtrahend = right.reduced.words
        var borrow = false
        func subtract(_ word: inout UInt64, _ other: UInt64) {
            let (first, one) = word.subtractingReportingOverflow(other)
            let (second, two) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            (word, borrow) = (second, one || two)
        }
        subtract(&difference.words.0, subtrahend.0)
        subtract(&difference.words.1, subtrahend.1)
        subtract(&difference.words.2, subtrahend.2)
        subtract(&difference.words.3, subtrahend.3)
        return left + difference
    }

    static func * (left: Self, right: Self) -> Self {
        let a = [left.words.0, left.words.1, left.words.2, left.words.3]
        let b = [right.words.0, right.words.1, right.words.2, right.words.3]
        var product = [UInt64](repeating: 0, count: 8)
        for i in 0..<4 {
            var carry: UInt64 = 0
            for j in 0..<4 {
                var (high, low) = a[i].multipliedFullWidth(by: b[j])
                high &+= Self.added(&low, product[i + j])
                high &+= Self.added(&low, carry)
                (product[i + j], carry) = (low, high)
            }
            product[i + 4] = carry
        }
        var result = Field25519(0)
        var carry: UInt64 = 0
        func folded(_ at: Int) -> UInt64 {
            var (high, low) = product[at + 4].multipliedFullWidth(by: 38)
            high &+= Self.added(&low, product[at])
            high &+= Self.added(&low, carry)
            carry = high
            return low
        }
        result.words = (folded(0), folded(1), folded(2), folded(3))
        result.fold(carry * 38)
        return result
    }

    /// The inverse, by Fermat: self^(p − 2); 0 for 0.
    var inverse: Self {
        var result = Field25519.one
        // p − 2 = 2^255 − 21: every bit is set but the second and the fourth.
        for bit in stride(from: 254, through: 0, by: -1) {
            result = result * result
            if bit != 2 && bit != 4 { result = result * self }
        }
        return result
    }

    /// Adds a small number, and what that carries out of 256 bits as often as it does.
    private mutating func fold(_ small: UInt64) {
        var carry = small
        while carry > 0 { carry = Self.add(&self.words, (carry, 0, 0, 0)) * 38 }
    }

    private var reduced: Self {
        var result = self
        // Bit 255 stands for 19 (mod p); twice, since adding it may set the bit again.
        for _ in 0..<2 {
            let top = result.words.3 >> 63
            result.words.3 &= 0x7FFF_FFFF_FFFF_FFFF
            _ = Self.add(&result.words, (top * 19, 0, 0, 0))
        }
        // At least p exactly if adding 19 reaches 2^255.
        var more = result
        _ = Self.add(&more.words, (19, 0, 0, 0))
        guard more.words.3 >> 63 == 1 else { return result }
        more.words.3 &= 0x7FFF_FFFF_FFFF_FFFF
        return more
    }

    private static func add(
        _ words: inout (UInt64, UInt64, UInt64, UInt64), _ other: (UInt64, UInt64, UInt64, UInt64)
    ) -> UInt64 {
        var carry = Self.added(&words.0, other.0)
        func next(_ word: inout UInt64, _ other: UInt64) {
            let first = Self.added(&word, carry)
            carry = first &+ Self.added(&word, other)
        }
        next(&words.1, other.1)
        next(&words.2, other.2)
        next(&words.3, other.3)
        return carry
    }

    /// Adds and returns the carry, 0 or 1.
    private static func added(_ word: inout UInt64, _ other: UInt64) -> UInt64 {
        let (sum, overflow) = word.addingReportingOverflow(other)
        word = sum
        return overflow ? 1 : 0
    }
}

extension Field25519 {
    /// The Curve25519 form of an Ed25519 public key: u = (1 + y) / (1 − y) (RFC 7748, section 4.1).
    static func montgomery(ofEd25519 point: [UInt8]) -> [UInt8] {
        let y = Field25519(bytes: point)
        return ((Self.one + y) * (Self.one - y).inverse).bytes
    }
}
