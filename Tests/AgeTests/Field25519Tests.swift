import Support
import Testing

@testable import Age

@Suite struct Field25519Tests {
    private static let p = [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]

    private func random(_ entropy: inout SplitMix64) -> Field25519 {
        Field25519(bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &entropy) })
    }

    @Test func theOnlyFormIsBelowTheModulus() {
        #expect(Field25519(bytes: Self.p).bytes == [UInt8](repeating: 0, count: 32))
        var more = Self.p
        more[0] += 1
        #expect(Field25519(bytes: more) == Field25519.one)
        let most = [UInt8](repeating: 0xFF, count: 31) + [0x7F]
        #expect(Field25519(bytes: most).bytes == [18] + [UInt8](repeating: 0, count: 31))
    }

    @Test func theFieldsLawsHold() {
        var entropy = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let (a, b, c) = (self.random(&entropy), self.random(&entropy), self.random(&entropy))
            #expect(a * b == b * a)
            #expect(a * (b + c) == a * b + a * c)
            #expect((a - b) + b == a)
            #expect(a - a == Field25519(bytes: Self.p))
            #expect(a * a.inverse == Field25519.one)
        }
    }

    @Test func theBasePointsCorrespond() {
        // RFC 7748, section 4.1: y = 4/5 of Ed25519 is u = 9 of Curve25519.
        let y = [0x58] + [UInt8](repeating: 0x66, count: 31)
        #expect(Field25519.montgomery(ofEd25519: y) == [9] + [UInt8](repeating: 0, count: 31))
    }
}
