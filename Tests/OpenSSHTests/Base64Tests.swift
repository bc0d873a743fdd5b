import Foundation
import OpenSSH
import Testing

@Suite struct Base64Tests {
    @Test func everyLengthReadsBackAndIsFoundationsText() throws {
        for count in 0...67 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ count) }
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(try Base64.decode(text.utf8, bytesMax: count) == bytes)
        }
    }

    @Test(arguments: [
        "A", "AA", "AAA", "A===", "====", "AA=A", "AB==", "AAB=", "AA==AAAA", "AA A", "AA-_", "AAAA=", "é==",
    ])
    func textThatIsNotCanonicalIsRefused(text: String) {
        #expect(throws: SSHError.base64Malformed) { try Base64.decode(text.utf8, bytesMax: 100) }
    }

    @Test func oneByteMoreThanTheLimitIsRefused() throws {
        let text = Base64.encode(Array(repeating: 1, count: 33))
        #expect(try Base64.decode(text.utf8, bytesMax: 33).count == 33)
        #expect(throws: SSHError.tooLong(bytesMax: 32)) { try Base64.decode(text.utf8, bytesMax: 32) }
        let long = Array(repeating: UInt8(ascii: "A"), count: 4000)
        #expect(throws: SSHError.tooLong(bytesMax: 32)) { try Base64.decode(long, bytesMax: 32) }
    }
}
