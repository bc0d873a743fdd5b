import Support
import Testing
import Wire

@Suite struct JSONTests {
    @Test(arguments: [
        "", " ", "{", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "+1", "1.", ".5", "1e", "--1", "tru", "nul",
        "\"", "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "1 2", "NaN", "1e999", "'a'", "[1}", "\u{FEFF}1",
    ])
    func thisIsNotJSON(_ text: String) {
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(arguments: [
        "0", "-0", "1.5", "-2e3", "1E+2", "\"\\ud83d\\uded2\"", "[]", "{}", "[[[]]]",
        "{\"a\":{\"b\":[null,true,false]}}",
        " [ 1 , 2 ] ", "123456789012345678",
    ])
    func thisIsJSONAndSurvivesRewriting(_ text: String) throws {
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(try JSONValue(parsing: value.bytes) == value)
    }

    @Test func bytesThatAreNotUTF8AreMalformed() {
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: [0x22, 0xC0, 0x80, 0x22]) }
    }

    @Test func depthIsReadAtTheLimitAndRefusedOnePast() throws {
        let limit = WireLimits.jsonDepthMax
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONValue(parsing: nested(limit))
        #expect(throws: JSONError.tooDeep) { try JSONValue(parsing: nested(limit + 1)) }
    }

    @Test func valuesAreReadAtTheLimitAndRefusedOnePast() throws {
        _ = try JSONValue(parsing: Array("[1,2]".utf8), valueCountMax: 3)
        #expect(throws: JSONError.tooMany) { try JSONValue(parsing: Array("[1,2,3]".utf8), valueCountMax: 3) }
    }

    @Test func whatLeavesHoldsNoControlByte() {
        let every = String(String.UnicodeScalarView((0...0x2FF).compactMap { Unicode.Scalar($0) }))
        let bytes = JSONValue.string(every).bytes
        #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F })
        #expect((try? JSONValue(parsing: bytes)) == .string(every))
    }

    @Test func randomBytesAreReadOrRefusedNeverTrapped() {
        var random = SplitMix64(seed: 2)
        let alphabet = Array("{}[]\":,0123456789.eE+-\\untrfalse \u{7F}é".utf8)
        for _ in 0..<50_000 {
            let count = Int.random(in: 0...40, using: &random)
            _ = try? JSONValue(parsing: (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 })
        }
    }
}
