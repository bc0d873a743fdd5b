import Testing

@testable import Terminal

@Suite struct SafeTextTests {
    @Test(arguments: [
        ("plain ASCII", "plain ASCII"),
        ("\u{1B}[2J\u{1B}[31mred", "[2J[31mred"),
        ("a\u{9B}31mb", "a31mb"),
        ("\u{1B}]0;title\u{7}x", "]0;titlex"),
        ("a\u{0}b\u{7F}c", "abc"),
        ("one\ntwo\r\nthree\tfour\u{2028}five\u{85}six", "one two three four five six"),
        ("abc\u{202E}def\u{2066}ghi\u{061C}", "abcdefghi"),
        ("zero\u{200B}width\u{FEFF}\u{2060}\u{AD}", "zerowidth"),
        ("tag\u{E0041}\u{E007F}s", "tags"),
        ("fill\u{3164}\u{115F}\u{FFA0}er", "filler"),
        ("private\u{E000}\u{10EEEE}use", "privateuse"),
        ("un\u{378}assigned", "un\u{FFFD}assigned"),
        ("a\u{200D}b", "ab"),
        ("a\u{FE0F}b", "ab"),
        ("1\u{FE0F}2", "12"),
        ("\u{301}mark", "\u{FFFD}mark"),
        ("\u{202E}\u{301}", "\u{FFFD}"),
        ("", ""),
    ])
    func whatCouldHarmIsDropped(text: String, expected: String) {
        #expect(SafeText(text).string.unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test(arguments: [
        ("é", 1), ("e\u{301}", 1), ("漢", 2), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("ａ", 2), ("😀", 2), ("❤", 1),
        ("❤\u{FE0F}", 2), ("👩\u{200D}👧", 2), ("👍🏽", 2), ("🇪🇪", 2), ("1\u{FE0F}\u{20E3}", 2), ("क्षि", 2), ("…", 1),
    ])
    func oneClusterHasItsWidth(text: String, columns: Int) {
        let safe = SafeText(text)
        #expect(safe.clusters.count == 1)
        #expect(safe.columns == columns)
        #expect(safe.string == text)
    }

    @Test func aClusterIsCutAtItsLimit() {
        let zalgo = "a" + String(repeating: "\u{301}", count: 40) + "b"
        let safe = SafeText(zalgo)
        #expect(safe.clusters.count == 2)
        #expect(safe.scalars.count == SafeText.clusterScalarsMax + 1)
    }

    @Test func aJoinerIsNeverLeftAtTheEndOfACutCluster() {
        let family = String(repeating: "👩\u{200D}", count: 12) + "👧"
        let safe = SafeText(family)
        #expect(safe.scalars.count <= SafeText.clusterScalarsMax)
        #expect(safe.scalars.last != SafeText.joiner)
    }

    @Test func theTextIsReadUpToItsLimit() {
        #expect(SafeText(String(repeating: "a", count: SafeText.scalarsMax)).columns == SafeText.scalarsMax)
        #expect(SafeText(String(repeating: "a", count: SafeText.scalarsMax + 1)).columns == SafeText.scalarsMax)
        #expect(SafeText(String(repeating: "é", count: SafeText.scalarsMax + 1)).columns == SafeText.scalarsMax)
    }

    @Test func cutTextEndsWithAnEllipsisInsideTheLimit() {
        #expect(SafeText("postcode").truncated(toColumns: 8).string == "postcode")
        #expect(SafeText("postcode").truncated(toColumns: 5).string == "post…")
        #expect(SafeText("漢字漢字").truncated(toColumns: 4).string == "漢…")
        #expect(SafeText("postcode").truncated(toColumns: 1).string == "…")
        #expect(SafeText("postcode").truncated(toColumns: 0).columns == 0)
    }

    @Test func safeTextIsSafeAgain() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<300 {
            var text = String.UnicodeScalarView()
            for _ in 0..<20 {
                let range: ClosedRange<UInt32> =
                    [0...0xFF, 0x300...0x360, 0x2000...0x206F, 0xFE00...0xFE0F, 0x1F3F0...0x1F600, 0...0x10FFFF]
                    .randomElement(using: &random) ?? 0...0
                text.append(Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "x")
            }
            let once = SafeText(String(text))
            #expect(!once.scalars.contains { ScalarProperties($0).scalarClass == .dropped })
            #expect(once.columns == once.clusters.reduce(0) { $0 + Int($1.width) })
            #expect(once.clusters.allSatisfy { $0.width == 1 || $0.width == 2 })
        }
    }

    @Test func theShortWayAndTheLongWayAgree() {
        var random = SplitMix64(seed: 21)
        let ranges: [ClosedRange<UInt32>] = [
            0...0x7F, 0x80...0x5FF, 0x1E00...0x2DFF, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0x1100...0x11FF,
            0x1F1E6...0x1F1FF,
            0x1F300...0x1F64F, 0xF900...0xFFFF, 0x900...0x97F, 0x200B...0x200F,
        ]
        for _ in 0..<2000 {
            var text = String.UnicodeScalarView()
            let first = Int.random(in: 0..<ranges.count, using: &random)
            for _ in 0..<12 {
                let range = Bool.random(using: &random) ? ranges[first] : ranges[Int.random(in: 0..<6, using: &random)]
                text.append(Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "\r")
            }
            let string = String(text)
            #expect(SafeText(string) == SafeText(clustersOf: string), "\(string.unicodeScalars.map(\.value))")
        }
    }
}
