/// One thing that came from the terminal.
package enum InputEvent: Equatable, Sendable {
    case key(KeyPress)
    case mouse(MouseEvent)
    /// The terminal's window got or lost the keyboard.
    case focus(Bool)
    /// A bracketed paste: no controls but line feeds and tabs. `isCut` when more came than `InputParser.pasteBytesMax`.
    case paste(String, isCut: Bool)
    case reply(TerminalReply)
}

/// A key, without modifiers.
package enum Key: Equatable, Hashable, Sendable {
    /// A typed scalar: never a control.
    case character(Unicode.Scalar)
    case enter, tab, backspace, escape
    case up, down, left, right, home, end, pageUp, pageDown, insert, delete
    /// F1 is 1.
    case function(Int)
}

/// The modifier keys, with the bits of xterm and of the kitty keyboard protocol.
package struct KeyModifiers: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let shift = KeyModifiers(rawValue: 1 << 0)
    package static let alt = KeyModifiers(rawValue: 1 << 1)
    package static let control = KeyModifiers(rawValue: 1 << 2)
    package static let command = KeyModifiers(rawValue: 1 << 3)
}

/// A key going down (or repeating, or up: only where the kitty protocol was asked to say so).
package struct KeyPress: Equatable, Hashable, Sendable {
    /// What the key did.
    package enum Phase: UInt8, Sendable { case press = 1, again, release }

    package var key: Key
    package var modifiers: KeyModifiers
    package var phase: Phase
    /// The key at this place on a US layout, where the terminal says so: for shortcuts on other layouts.
    package var baseKey: Unicode.Scalar?

    package init(
        _ key: Key, _ modifiers: KeyModifiers = [], phase: Phase = .press, baseKey: Unicode.Scalar? = nil
    ) {
        self.key = key
        self.modifiers = modifiers
        self.phase = phase
        self.baseKey = baseKey
    }
}

/// A mouse report of mode 1006, counted from 0 at the top left.
package struct MouseEvent: Equatable, Hashable, Sendable {
    /// A mouse button; `other` for the ones further out.
    package enum Button: Equatable, Hashable, Sendable { case left, middle, right, other }

    /// What the mouse did. `moved` without a button comes only with mode 1003.
    package enum Action: Equatable, Hashable, Sendable {
        case pressed(Button)
        case released(Button)
        case moved(Button?)
        case wheelUp, wheelDown, wheelLeft, wheelRight
    }

    package var action: Action
    package var column: Int
    package var row: Int
    package var modifiers: KeyModifiers

    package init(_ action: Action, column: Int, row: Int, modifiers: KeyModifiers = []) {
        self.action = action
        self.column = column
        self.row = row
        self.modifiers = modifiers
    }
}

/// An answer or report of the terminal itself; never taken for a key, however late.
package enum TerminalReply: Equatable, Sendable {
    /// DA1: the features, 4 for sixel.
    case deviceAttributes([Int])
    /// DECRPM: a mode and its state, 0 unknown, 1 set, 2 reset, 3 and 4 fixed.
    case mode(Int, state: Int)
    /// XTVERSION, for example "kitty(0.43.0)"; filtered as any text.
    case version(String)
    /// OSC 10.
    case foreground(Colour)
    /// OSC 11.
    case background(Colour)
    /// XTGETTCAP: the capability's name, and its value when the terminal has it.
    case capability(String, value: String?)
    /// DECRQSS for SGR: the parameters in force; nil when the request was not understood.
    case renditions(String?)
    /// CPR, counted from 0.
    case cursor(Position)
    /// Mode 2048, or window reports: the new size.
    case size(ScreenSize)
    /// The kitty keyboard flags in force.
    case keyboardFlags(Int)
    /// The kitty graphics protocol's answer to the question whether it is there.
    case kittyGraphics(isKnown: Bool)
    /// The size of a cell in pixels (the answer to `CSI 16 t`).
    case cellPixels(CellPixels)
    /// XTSMGRAPHICS: colours that one sixel picture may have.
    case colourRegisters(Int)
    /// Mode 2031: the rep's theme became dark or light.
    case theme(isDark: Bool)
}
