/// Keys that arrive as one control byte.
enum ControlKeys {
    /// The key of a byte below 0x20, or of DEL.
    static func press(_ byte: UInt8, _ modifiers: KeyModifiers) -> KeyPress {
        switch byte {
        case 0x0D: KeyPress(.enter, modifiers)
        case 0x09: KeyPress(.tab, modifiers)
        case 0x08, 0x7F: KeyPress(.backspace, modifiers)
        case 0x1B: KeyPress(.escape, modifiers)
        case 0x00: KeyPress(.character(" "), modifiers.union(.control))
        case 0x01..<0x1B: KeyPress(.character(Unicode.Scalar(byte + 0x60)), modifiers.union(.control))
        default: KeyPress(.character(Unicode.Scalar(byte + 0x40)), modifiers.union(.control))
        }
    }
}

/// Reads whole `CSI` and `SS3` sequences: ECMA-48, xterm's ctlseqs, the kitty keyboard protocol.
enum SequenceReader {
    /// Parameters, each with its sub-parameters: `1;2:3` is [[1], [2, 3]]; a missing one is nil.
    typealias Parameters = [[Int?]]

    /// The largest number read: past any scalar, so that a cut number names no key.
    private static let numberMax = 10_000_000

    /// The event of `CSI body final`; nil for sequences that mean nothing to us, which are dropped whole.
    static func control(final: UInt8, body: [UInt8]) -> InputEvent? {
        let marker: UInt8? = body.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
        let inner = body.drop { (0x3C...0x3F).contains($0) }
        let digits = inner.prefix { (0x30...0x3B).contains($0) }
        let intermediates = Array(inner.dropFirst(digits.count))
        guard intermediates.allSatisfy({ $0 < 0x30 }) else { return nil }
        let parameters = Self.parameters(digits)
        switch (marker, intermediates) {
        case (nil, []): return Self.plain(final: final, parameters)
        case (0x3C, []): return Self.mouse(final: final, parameters)
        case (0x3F, []): return Self.privateReport(final: final, parameters)
        case (0x3F, [0x24]) where final == 0x79:
            guard let mode = Self.number(parameters, 0), let state = Self.number(parameters, 1) else { return nil }
            return .reply(.mode(mode, state: state))
        case (_, _): return nil
        }
    }

    /// The key of `ESC O final`, with the modifier digit that some terminals put before it.
    static func singleShift(final: UInt8, parameters: [UInt8]) -> KeyPress? {
        let modifiers = Self.parameters(parameters[...]).last.flatMap { $0.first ?? nil } ?? 1
        if final == 0x4D {
            return KeyPress(.enter, Self.modifiers(modifiers))
        }
        guard let key = Self.letterKey(final) else { return nil }
        return KeyPress(key, Self.modifiers(modifiers))
    }

    static func parameters(_ bytes: ArraySlice<UInt8>) -> Parameters {
        guard !bytes.isEmpty else { return [] }
        return bytes.split(separator: 0x3B, omittingEmptySubsequences: false).map { field in
            field.split(separator: 0x3A, omittingEmptySubsequences: false).map { digits in
                guard !digits.isEmpty else { return nil }
                return digits.reduce(0) { min($0 * 10 + Int($1) - 0x30, Self.numberMax) }
            }
        }
    }

    private static func number(_ parameters: Parameters, _ index: Int, sub: Int = 0) -> Int? {
        guard index < parameters.count, sub < parameters[index].count else { return nil }
        return parameters[index][sub]
    }

    private static func modifiers(_ value: Int) -> KeyModifiers {
        KeyModifiers(rawValue: UInt8(truncatingIfNeeded: max(value, 1) - 1) & 0x0F)
    }

    /// A key with its second parameter, `modifiers:phase`.
    private static func press(_ key: Key, _ parameters: Parameters) -> InputEvent {
        .key(
            KeyPress(
                key, Self.modifiers(Self.number(parameters, 1) ?? 1),
                phase: KeyPress.Phase(rawValue: UInt8(truncatingIfNeeded: Self.number(parameters, 1, sub: 1) ?? 1))
                    ?? .press))
    }

    private static func plain(final: UInt8, _ parameters: Parameters) -> InputEvent? {
        switch final {
        case 0x49: return .focus(true)
        case 0x4F: return .focus(false)
        case 0x5A: return .key(KeyPress(.tab, .shift))
        case 0x7E: return Self.tildeKey(Self.number(parameters, 0) ?? 0).map { Self.press($0, parameters) }
        case 0x75: return Self.kittyKey(parameters)
        case 0x74: return Self.sizeReport(parameters)
        case 0x52 where parameters.count == 2 && Self.number(parameters, 0) != 1:
            // Row 1 would be F3 with modifiers; whoever asks for the cursor's place does so from another row.
            guard let row = Self.number(parameters, 0), let column = Self.number(parameters, 1) else { return nil }
            return .reply(.cursor(Position(column: max(column, 1) - 1, row: max(row, 1) - 1)))
        default: return Self.letterKey(final).map { Self.press($0, parameters) }
        }
    }

    private static func letterKey(_ final: UInt8) -> Key? {
        switch final {
        case 0x41: .up
        case 0x42: .down
        case 0x43: .right
        case 0x44: .left
        case 0x46: .end
        case 0x48: .home
        case 0x50...0x53: .function(Int(final) - 0x4F)
        default: nil
        }
    }

    private static func tildeKey(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 2: .insert
        case 3: .delete
        case 4, 8: .end
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23...24: .function(number - 12)
        default: nil
        }
    }

    /// `CSI code:shifted:base ; modifiers:phase ; text u`.
    private static func kittyKey(_ parameters: Parameters) -> InputEvent? {
        guard let code = Self.number(parameters, 0), let key = Self.kittyCode(code) else { return nil }
        guard case .key(var press) = Self.press(key, parameters) else { return nil }
        let base = Self.number(parameters, 0, sub: 2) ?? 0
        press.baseKey = base > 0x20 && base != 0x7F ? Unicode.Scalar(UInt32(base)) : nil
        return .key(press)
    }

    private static func kittyCode(_ code: Int) -> Key? {
        switch code {
        case 13, 57414: return .enter
        case 9: return .tab
        case 27: return .escape
        case 127, 8: return .backspace
        case 57399...57408: return .character(Unicode.Scalar(UInt8(code - 57399 + 0x30)))
        case 57417: return .left
        case 57418: return .right
        case 57419: return .up
        case 57420: return .down
        case 57421: return .pageUp
        case 57422: return .pageDown
        case 57423: return .home
        case 57424: return .end
        case 57425: return .insert
        case 57426: return .delete
        case 57376...57398: return .function(code - 57376 + 13)
        default:
            // Private use holds the keys that are no text (volume, Caps Lock, modifiers alone): dropped.
            let isText = code >= 0x20 && !(0x7F..<0xA0).contains(code) && !(0xE000...0xF8FF).contains(code)
            return isText ? Unicode.Scalar(UInt32(code)).map { .character($0) } : nil
        }
    }

    /// Mode 2048 (`48;rows;columns;…t`), the answer to a size request (`8;rows;columns t`), and to that for the size of
    /// a cell (`6;height;width t`).
    private static func sizeReport(_ parameters: Parameters) -> InputEvent? {
        if Self.number(parameters, 0) == 6, let height = Self.number(parameters, 1),
            let width = Self.number(parameters, 2)
        {
            return CellPixels(width: width, height: height).map { .reply(.cellPixels($0)) }
        }
        guard let kind = Self.number(parameters, 0), kind == 48 || kind == 8,
            let rows = Self.number(parameters, 1), let columns = Self.number(parameters, 2)
        else { return nil }
        return .reply(.size(ScreenSize(columns: columns, rows: rows)))
    }

    private static func privateReport(final: UInt8, _ parameters: Parameters) -> InputEvent? {
        switch final {
        case 0x63:
            return .reply(.deviceAttributes(parameters.compactMap { $0.first ?? nil }))
        case 0x75:
            return .reply(.keyboardFlags(Self.number(parameters, 0) ?? 0))
        case 0x53 where Self.number(parameters, 0) == 1 && Self.number(parameters, 1) == 0:
            return Self.number(parameters, 2).map { .reply(.colourRegisters($0)) }
        case 0x6E where Self.number(parameters, 0) == 997:
            return .reply(.theme(isDark: Self.number(parameters, 1) != 2))
        default:
            return nil
        }
    }

    /// `CSI < buttons ; column ; row M` (or `m` for a release).
    private static func mouse(final: UInt8, _ parameters: Parameters) -> InputEvent? {
        guard final == 0x4D || final == 0x6D, let bits = Self.number(parameters, 0),
            let column = Self.number(parameters, 1), let row = Self.number(parameters, 2)
        else { return nil }
        var modifiers: KeyModifiers = []
        if bits & 4 != 0 { modifiers.insert(.shift) }
        if bits & 8 != 0 { modifiers.insert(.alt) }
        if bits & 16 != 0 { modifiers.insert(.control) }
        return .mouse(
            MouseEvent(
                Self.mouseAction(bits, isRelease: final == 0x6D), column: max(column, 1) - 1, row: max(row, 1) - 1,
                modifiers: modifiers))
    }

    private static func mouseAction(_ bits: Int, isRelease: Bool) -> MouseEvent.Action {
        let low = bits & 3
        if bits & 64 != 0 {
            return low == 0 ? .wheelUp : low == 1 ? .wheelDown : low == 2 ? .wheelLeft : .wheelRight
        }
        let isFar = bits & 128 != 0
        let button: MouseEvent.Button = isFar ? .other : low == 0 ? .left : low == 1 ? .middle : .right
        if bits & 32 != 0 {
            return .moved(low == 3 && !isFar ? nil : button)
        }
        return isRelease ? .released(button) : .pressed(button)
    }
}
