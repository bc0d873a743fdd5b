import OpenSSH
import Testing

@Suite struct SSHWireTests {
    @Test func whatIsWrittenIsRead() throws {
        var writer = SSHWriter()
        writer.uint8(7)
        writer.uint32(0x0102_0304)
        writer.string("name")
        writer.string([0, 255])
        #expect(writer.bytes.prefix(5) == [7, 1, 2, 3, 4])
        var reader = SSHReader(writer.bytes)
        #expect(try reader.uint8() == 7)
        #expect(try reader.uint32() == 0x0102_0304)
        #expect(try reader.name() == "name")
        #expect(throws: SSHError.trailingBytes) { try reader.end() }
        #expect(try reader.string() == [0, 255])
        try reader.end()
    }

    @Test func aLengthBeyondTheEndOrTheLimitIsRefused() {
        var short = SSHReader([0, 0, 0, 2, 1])
        #expect(throws: SSHError.truncated) { try short.string() }
        var huge = SSHReader([255, 255, 255, 255, 1])
        #expect(throws: SSHError.tooLong(bytesMax: 8)) { try huge.string(bytesMax: 8) }
        var cut = SSHReader([0, 0, 1])
        #expect(throws: SSHError.truncated) { try cut.uint32() }
    }

    @Test func aNameWithAControlCharacterIsRefused() {
        var reader = SSHReader([0, 0, 0, 1, 0x1B])
        #expect(throws: SSHError.textMalformed) { try reader.name() }
    }
}
