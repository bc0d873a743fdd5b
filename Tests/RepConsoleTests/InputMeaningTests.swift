import Terminal
import Testing

@testable import RepConsole

@Suite struct InputMeaningTests {
    private func key(_ press: KeyPress) -> Message? { InputMeaning.message(for: .key(press)) }

    @Test func charactersAndModifiersBecomeStrokes() {
        #expect(self.key(KeyPress(.character("G"))) == .key(Stroke(.character("G"))))
        #expect(self.key(KeyPress(.character("C"), .control)) == .key(Stroke(.character("c"), control: true)))
        #expect(self.key(KeyPress(.character("1"), .alt)) == .key(Stroke(.character("1"), alt: true)))
        #expect(self.key(KeyPress(.tab, .shift)) == .key(Stroke(.backTab)))
        #expect(self.key(KeyPress(.function(1))) == .key(Stroke(.help)))
    }

    @Test func aLetterOfAnotherLayoutIsItsKeyWhereTheTerminalSaysWhich() {
        #expect(self.key(KeyPress(.character("о"), baseKey: "j")) == .key(Stroke(.character("j"))))
        #expect(self.key(KeyPress(.character("о"))) == .key(Stroke(.character("о"))))
    }

    @Test func releasesAndUnusedKeysMeanNothing() {
        #expect(self.key(KeyPress(.enter, phase: .release)) == nil)
        #expect(self.key(KeyPress(.function(7))) == nil)
        #expect(self.key(KeyPress(.insert)) == nil)
        #expect(self.key(KeyPress(.backspace)) == .key(Stroke(.backspace)))
    }

    @Test func theMouseClicksAndTurnsItsWheel() {
        let place = Position(column: 4, row: 2)
        func mouse(_ action: MouseEvent.Action) -> Message? {
            InputMeaning.message(for: .mouse(MouseEvent(action, column: 4, row: 2)))
        }
        #expect(mouse(.pressed(.left)) == .click(place))
        #expect(mouse(.wheelDown) == .wheel(lines: 3, at: place))
        #expect(mouse(.wheelUp) == .wheel(lines: -3, at: place))
        #expect(mouse(.pressed(.right)) == nil)
        #expect(mouse(.released(.left)) == nil)
        #expect(mouse(.moved(nil)) == .hover(Position(column: 4, row: 2)))
    }

    @Test func focusIsToldAndPastesAndRepliesAreNot() {
        #expect(InputMeaning.message(for: .focus(false)) == .focused(false))
        #expect(InputMeaning.message(for: .paste("q", isCut: false)) == nil)
        #expect(InputMeaning.message(for: .reply(.keyboardFlags(1))) == nil)
    }
}
