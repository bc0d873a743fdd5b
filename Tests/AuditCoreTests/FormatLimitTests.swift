import Testing

@testable import AuditCore

/// Bounds of records, notes and proofs, each at the limit and one past it.
@Suite struct FormatLimitTests {
    private static func line(
        session: String = "", code: String, event: String, actor: String = #"{"role":"relay"}"#, data: String,
        sealed: String = ""
    ) -> String {
        #"{"v":1,"t":"2026-11-22T02:20:00.007000Z","mono":5007000,"boot":"00112233445566778899aabbccddeeff""#
            + session + #","code":"\#(code)","event":"\#(event)","actor":\#(actor),"data":\#(data)\#(sealed)}"#
    }

    private static func session(site: String = "shop-1") -> String {
        #","seq":5,"site":"\#(site)","session":"00041061050r3gg28a1c60t3gf""#
    }

    private static let opened = #"{"format":1,"program":"sample 1"}"#

    /// Records with a text of so many bytes at each place that has a bound.
    private static let places: [(String, Int, @Sendable (String) -> String)] = [
        (
            "word", AuditLimits.wordBytesMax,
            {
                Self.line(
                    session: Self.session(), code: "S111I", event: "seat.left", data: #"{"seat":1,"why":"\#($0)"}"#)
            }
        ),
        (
            "origin", AuditLimits.originBytesMax,
            {
                Self.line(
                    session: Self.session(), code: "S100I", event: "session.opened",
                    data: #"{"origin":"\#($0)","path":"/"}"#)
            }
        ),
        (
            "path", AuditLimits.pathBytesMax,
            {
                Self.line(
                    session: Self.session(), code: "S100I", event: "session.opened",
                    data: #"{"origin":"https://a","path":"\#($0)"}"#)
            }
        ),
        (
            "name", AuditLimits.nameBytesMax,
            { Self.line(code: "L100I", event: "log.opened", data: #"{"format":1,"program":"\#($0)"}"#) }
        ),
        (
            "site", AuditLimits.siteBytesMax,
            {
                Self.line(
                    session: Self.session(site: $0), code: "S111I", event: "seat.left",
                    data: #"{"seat":1,"why":"left"}"#)
            }
        ),
        (
            "actor", AuditLimits.actorBytesMax,
            {
                Self.line(
                    code: "L100I", event: "log.opened", actor: #"{"role":"rep","id":"\#($0)"}"#, data: Self.opened)
            }
        ),
        (
            "key", AuditLimits.actorBytesMax,
            {
                Self.line(
                    code: "L100I", event: "log.opened", actor: #"{"role":"rep","id":"a","key":"\#($0)"}"#,
                    data: Self.opened)
            }
        ),
        (
            "nonce", AuditLimits.nonceBytesMax,
            {
                Self.line(
                    code: "L100I", event: "log.opened", data: Self.opened,
                    sealed: #","enc":{"k":"a","n":"\#($0)","c":"c"}"#)
            }
        ),
        (
            "ciphertext", AuditLimits.ciphertextBytesMax,
            {
                Self.line(
                    code: "L100I", event: "log.opened", data: Self.opened,
                    sealed: #","enc":{"k":"a","n":"n","c":"\#($0)"}"#)
            }
        ),
    ]

    @Test func aTextOfARecordIsSoLongAndNoLonger() {
        for (name, most, line) in Self.places {
            let good = Array(line(String(repeating: "a", count: most)).utf8)
            #expect(throws: Never.self, "\(name)") { try AuditRecord(decoding: good) }
            let long = Array(line(String(repeating: "a", count: most + 1)).utf8)
            let error = #expect(throws: AuditFormatError.self, "\(name)") { try AuditRecord(decoding: long) }
            #expect(error?.reason == .value, "\(name)")
        }
    }

    @Test func aListHasSoManyWordsAndNoMore() {
        func line(_ count: Int) -> [UInt8] {
            let words = Array(repeating: #""view""#, count: count).joined(separator: ",")
            return Array(
                Self.line(
                    session: Self.session(), code: "S110I", event: "seat.joined",
                    data: #"{"seat":1,"rights":[\#(words)]}"#
                ).utf8)
        }
        #expect(throws: Never.self) { try AuditRecord(decoding: line(AuditLimits.wordCountMax)) }
        #expect(throws: AuditFormatError.self) { try AuditRecord(decoding: line(AuditLimits.wordCountMax + 1)) }
    }

    @Test func aCheckpointIsReadUpToItsLimit() {
        let most = AuditLimits.checkpointBytesMax
        #expect(Self.filled(most).utf8.count == most)
        #expect(SignedCheckpoint(Self.filled(most)) != nil)
        #expect(SignedCheckpoint(Self.filled(most + 1)) == nil)
    }

    /// A checkpoint of so many bytes with sixteen signatures, each longer than any that is known.
    private static func filled(_ count: Int) -> String {
        var note = "log.example\n12\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
        let rest = count - note.utf8.count
        for number in 0..<16 {
            let size = rest / 16 + (number < rest % 16 ? 1 : 0)
            // The dash, two blanks and the line's end are six bytes; base64 comes in fours.
            let code = (size - 6 - 1) / 4 * 4 - 4
            let name = String(repeating: "w", count: size - 6 - code)
            note += "\u{2014} \(name) \(String(repeating: "A", count: code))\n"
        }
        return note
    }

    @Test func aProofIsReadUpToItsLimit() {
        let most = AuditLimits.proofBytesMax
        func proof(_ count: Int) -> [UInt8] {
            let front = "c2sp.org/tlog-proof@v1\nextra "
            let middle = "\nindex 1\n\n"
            let room = count - front.utf8.count - middle.utf8.count
            // The checkpoint takes what base64 leaves over.
            let code = (room - 1_000) / 4 * 4
            return Array((front + String(repeating: "A", count: code) + middle + Self.filled(room - code)).utf8)
        }
        #expect(proof(most).count == most)
        #expect(LogProof(bytes: proof(most)) != nil)
        #expect(LogProof(bytes: proof(most + 1)) == nil)
    }
}
