import Testing

@testable import Terminal

@Suite struct InputParserTests {
    private typealias Case = (bytes: String, events: [InputEvent])

    private static func key(_ key: Key, _ modifiers: KeyModifiers = []) -> InputEvent {
        .key(KeyPress(key, modifiers))
    }

    private static func mouse(
        _ action: MouseEvent.Action, _ column: Int, _ row: Int, _ modifiers: KeyModifiers = []
    ) -> InputEvent {
        .mouse(MouseEvent(action, column: column, row: row, modifiers: modifiers))
    }

    private static let keys: [Case] = [
        ("a", [key(.character("a"))]), ("é漢😀", [key(.character("é")), key(.character("漢")), key(.character("😀"))]),
        ("\r", [key(.enter)]), ("\t", [key(.tab)]), ("\u{7F}", [key(.backspace)]), ("\u{8}", [key(.backspace)]),
        ("\u{3}", [key(.character("c"), .control)]), ("\u{0}", [key(.character(" "), .control)]),
        ("\u{1D}", [key(.character("]"), .control)]), ("\u{1B}a", [key(.character("a"), .alt)]),
        ("\u{1B}\u{7F}", [key(.backspace, .alt)]), ("\u{1B}[A", [key(.up)]), ("\u{1B}[1;5C", [key(.right, .control)]),
        ("\u{1B}[1;2D", [key(.left, .shift)]), ("\u{1B}OB", [key(.down)]), ("\u{1B}OP", [key(.function(1))]),
        ("\u{1B}O5P", [key(.function(1), .control)]), ("\u{1B}OM", [key(.enter)]), ("\u{1B}[H", [key(.home)]),
        ("\u{1B}[4~", [key(.end)]), ("\u{1B}[3;3~", [key(.delete, .alt)]), ("\u{1B}[5~", [key(.pageUp)]),
        ("\u{1B}[15~", [key(.function(5))]), ("\u{1B}[24;6~", [key(.function(12), [.control, .shift])]),
        ("\u{1B}[Z", [key(.tab, .shift)]), ("\u{1B}[1;2R", [key(.function(3), .shift)]),
        ("\u{1B}[27u", [key(.escape)]), ("\u{1B}[97;5u", [key(.character("a"), .control)]),
        ("\u{1B}[57399u", [key(.character("0"))]), ("\u{1B}[57442u", []),
        (
            "\u{1B}[1094::119;5:3u",
            [.key(KeyPress(.character("ц"), .control, phase: .release, baseKey: "w"))]
        ),
        ("\u{1B}[1;1:2A", [.key(KeyPress(.up, phase: .again))]), ("\u{1B}\u{1B}[A", [key(.escape), key(.up)]),
    ]

    private static let reports: [Case] = [
        ("\u{1B}[<0;1;1M\u{1B}[<0;3;2m", [mouse(.pressed(.left), 0, 0), mouse(.released(.left), 2, 1)]),
        ("\u{1B}[<35;40;20M", [mouse(.moved(nil), 39, 19)]), ("\u{1B}[<34;5;6M", [mouse(.moved(.right), 4, 5)]),
        ("\u{1B}[<64;9;9M", [mouse(.wheelUp, 8, 8)]), ("\u{1B}[<65;9;9M", [mouse(.wheelDown, 8, 8)]),
        ("\u{1B}[<20;2;2M", [mouse(.pressed(.left), 1, 1, [.shift, .control])]),
        ("\u{1B}[<129;2;2M", [mouse(.pressed(.other), 1, 1)]), ("\u{1B}[M !!x", [key(.character("x"))]),
        ("\u{1B}[I\u{1B}[O", [.focus(true), .focus(false)]),
        (
            "\u{1B}[200~hi\r\nthere\u{1B}[2J\u{9B}\u{1B}[201~x",
            [.paste("hi\nthere[2J", isCut: false), key(.character("x"))]
        ),
        ("\u{1B}[200~\u{1B}[201~", [.paste("", isCut: false)]),
    ]

    private static let replies: [Case] = [
        ("\u{1B}[?62;4;22c", [.reply(.deviceAttributes([62, 4, 22]))]),
        ("\u{1B}[?2026;2$y", [.reply(.mode(2026, state: 2))]),
        ("\u{1B}P>|kitty(0.43.0)\u{1B}\\", [.reply(.version("kitty(0.43.0)"))]),
        ("\u{1B}]11;rgb:1414/1717/1f1f\u{1B}\\", [.reply(.background(Colour(rgb: 0x14171F)))]),
        ("\u{1B}]10;rgb:ff/80/00\u{7}", [.reply(.foreground(Colour(rgb: 0xFF8000)))]),
        ("\u{1B}]11;#102030\u{1B}\\", [.reply(.background(Colour(rgb: 0x102030)))]),
        ("\u{1B}P1+r524742=38\u{1B}\\", [.reply(.capability("RGB", value: "8"))]),
        ("\u{1B}P1+r5463\u{1B}\\", [.reply(.capability("Tc", value: ""))]),
        ("\u{1B}P0+r5463\u{1B}\\", [.reply(.capability("Tc", value: nil))]),
        ("\u{1B}P1$r0;48:2:1:2:3m\u{1B}\\", [.reply(.renditions("0;48:2:1:2:3"))]),
        ("\u{1B}P0$r\u{1B}\\", [.reply(.renditions(nil))]),
        ("\u{1B}[2;3R", [.reply(.cursor(Position(column: 2, row: 1)))]),
        ("\u{1B}[48;60;200;1200;1600t", [.reply(.size(ScreenSize(columns: 200, rows: 60)))]),
        ("\u{1B}[?1u", [.reply(.keyboardFlags(1))]), ("\u{1B}[?997;2n", [.reply(.theme(isDark: false))]),
        ("\u{1B}]52;c;aGk=\u{7}a", [key(.character("a"))]), ("\u{1B}_Gi=1;OK\u{1B}\\b", [key(.character("b"))]),
        ("\u{1B}[>41;388;0cx", [key(.character("x"))]),
    ]

    private static let broken: [Case] = [
        ("\u{1B}[12\u{18}a", [key(.character("a"))]), ("\u{1B}[1;\u{1B}[A", [key(.up)]),
        ("\u{1B}]0;half\u{1B}[A", [key(.up)]), ("\u{1B}P>|x\u{1A}a", [key(.character("a"))]),
        ("\u{1B}[999999999999999999999~a", [key(.character("a"))]), ("\u{1B}[;;;~a", [key(.character("a"))]),
        ("\u{1B}[<M\u{1B}[<1;2Ma", [key(.character("a"))]), ("\u{1B}[1$pa", [key(.character("a"))]),
        ("\u{1B}[0;0R", [.reply(.cursor(Position(column: 0, row: 0)))]), ("\u{1B}[1114112ua", [key(.character("a"))]),
        ("\u{1B}[55296ua", [key(.character("a"))]), ("\u{1B}[155ua", [key(.character("a"))]),
        ("\u{1B}]11;rgb:zz/00/00\u{1B}\\a", [key(.character("a"))]), ("\u{1B}P1+rZZ\u{1B}\\a", [key(.character("a"))]),
        ("\u{1B}[\(String(repeating: "1", count: 500))~a", [key(.character("a"))]),
        ("\u{1B}]11;\(String(repeating: "1", count: 9000))\u{7}a", [key(.character("a"))]),
    ]

    private func events(_ chunks: [ArraySlice<UInt8>]) -> [InputEvent] {
        var parser = InputParser()
        var events: [InputEvent] = []
        for chunk in chunks {
            parser.feed(chunk, now: .zero, into: &events)
        }
        return events
    }

    @Test func bytesBecomeEventsHoweverTheyAreSplit() {
        for (text, expected) in Self.keys + Self.reports + Self.replies + Self.broken {
            let bytes = Array(text.utf8)
            #expect(self.events([bytes[...]]) == expected, "\(text.debugDescription)")
            for split in 0...min(bytes.count, 200) {
                #expect(
                    self.events([bytes[..<split], bytes[split...]]) == expected, "\(text.debugDescription) at \(split)")
            }
            #expect(self.events(bytes.indices.map { bytes[$0...$0] }) == expected, "\(text.debugDescription) by bytes")
        }
    }

    @Test func aBareEscapeIsAKeyAfterItsDelay() {
        var parser = InputParser()
        var events: [InputEvent] = []
        parser.feed([0x1B], now: .seconds(1), into: &events)
        #expect(parser.deadline == .seconds(1) + InputParser.escapeDelay)
        parser.flush(now: .seconds(1) + .milliseconds(24), into: &events)
        #expect(events.isEmpty)
        parser.flush(now: .seconds(1) + InputParser.escapeDelay, into: &events)
        #expect(events == [Self.key(.escape)])
        #expect(parser.deadline == nil)
        parser.flush(now: .seconds(9), into: &events)
        #expect(events.count == 1)
    }

    @Test func anIntroducerAloneIsAltWithItsCharacter() {
        for byte in [0x5B, 0x4F, 0x5D, 0x50] as [UInt8] {
            var parser = InputParser()
            var events: [InputEvent] = []
            parser.feed([0x1B, byte], now: .zero, into: &events)
            parser.flush(now: InputParser.escapeDelay, into: &events)
            #expect(events == [Self.key(.character(Unicode.Scalar(byte)), .alt)])
        }
    }

    @Test func whatStallsIsDroppedAndNeverTyped() {
        for text in ["\u{1B}[12;3", "\u{1B}]11;rgb", "\u{1B}P1+r52", "\u{1B}[M "] {
            var parser = InputParser()
            var events: [InputEvent] = []
            parser.feed(text.utf8, now: .zero, into: &events)
            parser.flush(now: InputParser.sequenceDelay - .milliseconds(1), into: &events)
            #expect(events.isEmpty)
            parser.flush(now: InputParser.sequenceDelay, into: &events)
            parser.feed("x".utf8, now: .seconds(2), into: &events)
            #expect(events == [Self.key(.character("x"))], "\(text.debugDescription)")
        }
    }

    @Test func aPasteThatStallsEnds() {
        var parser = InputParser()
        var events: [InputEvent] = []
        parser.feed("\u{1B}[200~half".utf8, now: .zero, into: &events)
        parser.flush(now: InputParser.pasteDelay, into: &events)
        #expect(events == [.paste("half", isCut: false)])
    }

    @Test func aPasteIsCutAtItsLimit() {
        for (count, isCut) in [
            (InputParser.pasteBytesMax, false), (InputParser.pasteBytesMax + 1, true), (200_000, true),
        ] {
            let text = "\u{1B}[200~" + String(repeating: "p", count: count) + "\u{1B}[201~x"
            let expected: [InputEvent] = [
                .paste(String(repeating: "p", count: min(count, InputParser.pasteBytesMax)), isCut: isCut),
                Self.key(.character("x")),
            ]
            #expect(self.events([Array(text.utf8)[...]]) == expected)
        }
    }

    @Test func bytesThatAreNoUTF8BecomeTheReplacement() {
        let replacement = Self.key(.character("\u{FFFD}"))
        #expect(self.events([[0xFF, 0x61]]) == [replacement, Self.key(.character("a"))])
        #expect(self.events([[0xC3, 0x61]]) == [replacement, Self.key(.character("a"))])
        #expect(self.events([[0xC2, 0x9B]]) == [replacement])
        #expect(self.events([[0xED, 0xA0, 0x80]]) == [replacement])
    }

    @Test func randomBytesNeverTrapNorYieldControls() {
        var random = SplitMix64(seed: 11)
        let alphabet: [UInt8] =
            Array("\u{1B}[]OP<>?;:$0123456789ABCMRumtc~\\\u{7}\u{18}/rgb=+_".utf8) + [0x00, 0x9B, 0xC3, 0xE2, 0xFF]
        for _ in 0..<3000 {
            var parser = InputParser()
            var events: [InputEvent] = []
            let bytes = (0..<40).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            parser.feed(bytes, now: .zero, into: &events)
            parser.flush(now: .seconds(10), into: &events)
            #expect(parser.deadline == nil)
            for case .key(let press) in events {
                if case .character(let scalar) = press.key {
                    #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
                }
            }
        }
    }
}
