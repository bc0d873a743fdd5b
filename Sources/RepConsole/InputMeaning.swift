package import Terminal

/// What the terminal's keys and mouse mean to the console.
package enum InputMeaning {
    /// Lines that one notch of a wheel moves.
    private static let wheelLines = 3

    /// The message for an event; nil for events that mean nothing here.
    package static func message(for event: InputEvent) -> Message? {
        switch event {
        case .key(let press): self.stroke(press).map { .key($0) }
        case .mouse(let mouse): self.message(for: mouse)
        case .focus(let hasFocus): .focused(hasFocus)
        // There is no field to paste into.
        case .paste: nil
        case .reply: nil
        }
    }

    private static func message(for mouse: MouseEvent) -> Message? {
        let position = Position(column: mouse.column, row: mouse.row)
        return switch mouse.action {
        case .pressed(.left): .click(position)
        case .wheelUp: .wheel(lines: -self.wheelLines, at: position)
        case .wheelDown: .wheel(lines: self.wheelLines, at: position)
        case .moved(nil): .hover(position)
        case .pressed, .released, .moved, .wheelLeft, .wheelRight: nil
        }
    }

    private static func stroke(_ press: KeyPress) -> Stroke? {
        guard press.phase != .release, let key = self.key(press) else { return nil }
        return Stroke(
            key, control: press.modifiers.contains(.control), alt: press.modifiers.contains(.alt))
    }

    private static func key(_ press: KeyPress) -> Stroke.Key? {
        switch press.key {
        case .character(let scalar): .character(self.character(scalar, press))
        case .enter: .enter
        case .tab: press.modifiers.contains(.shift) ? .backTab : .tab
        case .escape: .escape
        case .up: .up
        case .down: .down
        case .left: .left
        case .right: .right
        case .home: .home
        case .end: .end
        case .pageUp: .pageUp
        case .pageDown: .pageDown
        case .function(1): .help
        case .backspace: .backspace
        case .insert, .delete, .function: nil
        }
    }

    /// The typed character; for letters beyond ASCII the key's place on a US layout, where the terminal tells it, so
    /// that shortcuts work on every layout. Control goes with the small letter.
    private static func character(_ scalar: Unicode.Scalar, _ press: KeyPress) -> Character {
        let typed = scalar.isASCII ? scalar : press.baseKey ?? scalar
        let character = Character(typed)
        guard press.modifiers.contains(.control) else { return character }
        return Character(character.lowercased().first.map(String.init) ?? String(character))
    }
}
