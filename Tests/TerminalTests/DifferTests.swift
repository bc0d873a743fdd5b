import Testing

@testable import Terminal

@Suite struct DifferTests {
    private func bytes(from old: Screen?, to new: Screen, _ options: OutputOptions = OutputOptions()) -> String {
        var out: [UInt8] = []
        Differ.append(from: old, to: new, options: options, into: &out)
        return String(decoding: out, as: UTF8.self).replacing("\u{1B}", with: "^")
    }

    private func screen(_ text: String, columns: Int = 20) -> Screen {
        var screen = Screen(columns: columns, rows: 2)
        screen.put(text, column: 0, row: 0)
        return screen
    }

    @Test func nothingChangedCostsNothing() {
        let screen = self.screen("Postcode")
        #expect(self.bytes(from: screen, to: screen) == "")
        #expect(self.bytes(from: screen, to: screen, OutputOptions(isSynchronised: true)) == "")
    }

    @Test func aFirstFrameErasesAndPaints() {
        #expect(self.bytes(from: nil, to: self.screen("hi")) == "^[m^[?25l^[2J^[1Hhi")
        #expect(self.bytes(from: self.screen("hi", columns: 9), to: self.screen("hi")) == "^[m^[?25l^[2J^[1Hhi")
    }

    @Test func unchangedCellsAreSteppedOver() {
        #expect(self.bytes(from: self.screen("abcdef"), to: self.screen("Xbcdef")) == "^[1HX")
        #expect(self.bytes(from: self.screen("abcdef"), to: self.screen("XbcdYf")) == "^[1HX^[3CY")
    }

    @Test func aSynchronisedFrameIsWrapped() {
        let options = OutputOptions(isSynchronised: true)
        #expect(self.bytes(from: self.screen("a"), to: self.screen("b"), options) == "^[?2026h^[1Hb^[?2026l")
    }

    @Test func blankRunsAreErased() {
        #expect(self.bytes(from: self.screen("abcdefgh"), to: self.screen("")) == "^[1H^[K")
        #expect(self.bytes(from: self.screen("abcdefghijklmnop"), to: self.screen("abc         mnop")) == "^[1;4H^[9X")
    }

    @Test func theCursorIsShownMovedAndHidden() {
        var old = self.screen("a")
        var new = old
        new.cursor = Position(column: 3, row: 1)
        #expect(self.bytes(from: old, to: new) == "^[2;4H^[?25h")
        old.cursor = Position(column: 0, row: 0)
        #expect(self.bytes(from: old, to: new) == "^[?25l^[2;4H^[?25h")
        new.cursor = nil
        #expect(self.bytes(from: old, to: new) == "^[?25l")
    }

    @Test func theCursorIsAddressedAfterWideAndMultiScalarGlyphs() {
        #expect(self.bytes(from: self.screen(""), to: self.screen("漢a")) == "^[1H漢^[1;3Ha")
        #expect(
            self.bytes(from: self.screen("", columns: 3), to: self.screen("e\u{301}a", columns: 3))
                == "^[1He\u{301}^[1;2Ha ")
    }

    @Test func cellsBehindAClusterAreWrittenAgain() {
        #expect(self.bytes(from: self.screen("xabc"), to: self.screen("e\u{301}abc")) == "^[1He\u{301}^[1;2Habc")
    }

    @Test func clustersThatTheTerminalDoesNotJoinAreCut() {
        var options = OutputOptions()
        options.joinsEmoji = false
        options.widensSelectedEmoji = false
        #expect(self.bytes(from: self.screen(""), to: self.screen("👩\u{200D}👧"), options).hasPrefix("^[1H  ^[1H👩^["))
        #expect(self.bytes(from: self.screen(""), to: self.screen("❤\u{FE0F}"), options).hasPrefix("^[1H  ^[1H❤ ^["))
    }

    @Test func ambiguousGlyphsAreAddressedWhereTheyMayBeWide() {
        let options = OutputOptions(ambiguousIsWide: true)
        #expect(self.bytes(from: self.screen("abcd"), to: self.screen("▲bcd"), options) == "^[1H▲^[1;2Hb")
    }

    @Test func theSameClusterInAnotherStoreIsNoChange() {
        var old = Screen(columns: 4, rows: 1)
        old.put("o\u{308}", column: 3, row: 0)
        old.put("e\u{301}", column: 0, row: 0)
        var new = Screen(columns: 4, rows: 1)
        new.put("e\u{301}", column: 0, row: 0)
        new.put("o\u{308}", column: 3, row: 0)
        #expect(old.clusters != new.clusters)
        #expect(self.bytes(from: old, to: new) == "")
    }

    @Test func noTextGetsAnEscapeOut() {
        let hostile = "\u{1B}[2J\u{9B}31m\u{1B}]52;c;AAAA\u{7}\u{202E}\u{90}q\u{9C}"
        var out: [UInt8] = []
        Differ.append(
            from: Screen(columns: 40, rows: 2), to: self.screen(hostile, columns: 40), options: OutputOptions(),
            into: &out)
        let text = String(decoding: out, as: UTF8.self)
        #expect(
            text.unicodeScalars.filter { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }.allSatisfy {
                $0 == "\u{1B}"
            })
        #expect(!text.contains("\u{1B}[2J"))
        #expect(!text.contains("\u{1B}]"))
        #expect(!text.unicodeScalars.contains("\u{202E}"))
    }
}
