import Testing

@testable import RepConsole

@Suite struct KeyMapTests {
    @Test func noTwoCommandsShareAKeyInOnePlace() {
        for place in [KeyMap.Place.queue, .session] {
            var seen: [[Stroke]: Command] = [:]
            for binding in KeyMap.standard.bindings where binding.place == place || binding.place == .everywhere {
                for keys in binding.keys {
                    #expect(seen[keys] == nil, "\(keys.map(\.name).joined())")
                    seen[keys] = binding.command
                }
            }
        }
    }

    @Test func theFirstStrokeOfASequenceIsNoKeyOfItsOwn() {
        let bindings = KeyMap.standard.bindings
        let firsts = Set(bindings.flatMap(\.keys).filter { $0.count == 2 }.compactMap(\.first))
        for binding in bindings {
            for keys in binding.keys where keys.count == 1 {
                #expect(!firsts.contains(keys[0]), "\(keys[0].name)")
            }
        }
    }

    @Test func aSequenceNeedsBothStrokesAndIsForgottenAfterAnother() {
        let map = KeyMap.standard
        #expect(map.match(.character("g"), after: nil, in: .queue) == .pending)
        #expect(map.match(.character("g"), after: .character("g"), in: .queue) == .command(.moveFirst))
        #expect(map.match(.character("t"), after: .character("g"), in: .session) == .command(.nextTab))
        #expect(map.match(.character("x"), after: .character("g"), in: .session) == .nothing)
        #expect(map.match(.character("g"), after: .character("g"), in: .session) == .nothing)
    }

    @Test func digitsAndAltDigitsShowTabs() {
        #expect(KeyMap.standard.match(.alt("3"), after: nil, in: .session) == .command(.tab(2)))
        #expect(KeyMap.standard.match(.character("9"), after: nil, in: .queue) == .command(.tab(8)))
        #expect(KeyMap.standard.match(.character("0"), after: nil, in: .queue) == .nothing)
    }

    @Test func namesReadAsOnAKeyboard() {
        #expect(Stroke.control("l").name == "Ctrl-L")
        #expect(Stroke.alt("1").name == "Alt-1")
        #expect(Stroke(.backTab).name == "Shift-Tab")
        #expect(Stroke.character(" ").name == "Space")
    }

    @Test func theHelpNamesEveryKeyWhereThereIsRoom() {
        var desk = Desk.watching(columns: 200, rows: 56)
        desk.type("?")
        let text = desk.words()
        for binding in KeyMap.standard.bindings where binding.place != .queue {
            if case .tab = binding.command { continue }
            #expect(text.contains(binding.words), "\(binding.words)")
        }
        desk.type("j")
        #expect(desk.model.helpPage == nil)
    }

    @Test func inASmallWindowTheHelpHasPagesThatTogetherNameEveryKey() {
        var desk = Desk.watching(columns: 46, rows: 16)
        desk.type("?")
        var text = ""
        while desk.model.helpPage != nil {
            text += desk.words()
            desk.type("?")
        }
        for binding in KeyMap.standard.bindings where binding.place != .queue {
            if case .tab = binding.command { continue }
            #expect(text.contains(binding.words), "\(binding.words)")
        }
    }
}
