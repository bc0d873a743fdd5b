/// Bytes from the terminal to events: keys, mouse, paste and replies in one state machine.
///
/// Pure: the caller gives bytes and the time. Owned by the thread that reads the terminal. Any split of the bytes
/// gives the same events. `now` is any clock that only goes forward.
package struct InputParser: Sendable {
    /// How long an Esc is held back to see whether it starts a sequence.
    package static let escapeDelay = Duration.milliseconds(25)
    /// A begun sequence that stalls this long is dropped: longer than any gap on a slow link inside one reply.
    package static let sequenceDelay = Duration.milliseconds(1000)
    /// A paste that stalls this long has ended: its end mark was lost. Long, since what follows would be typed.
    package static let pasteDelay = Duration.seconds(5)
    /// The longest paste kept: more than any chat message.
    package static let pasteBytesMax = 65_536
    /// The longest control sequence read; longer ones are skipped to their end.
    package static let sequenceBytesMax = 128
    /// The longest OSC or DCS body read; longer ones are skipped to their end.
    package static let stringBytesMax = 4096

    /// What has begun and not ended.
    enum State: Equatable {
        case ground
        case utf8(remaining: Int)
        case escape
        /// After `ESC O`; parameters of old terminals are collected.
        case singleShift
        case control
        /// An old mouse report, `CSI M` and three bytes, which is thrown away.
        case oldMouse(remaining: Int)
        /// OSC, DCS, APC, PM, SOS with their introducer; `escaped` after an ESC in them.
        case string(UInt8, escaped: Bool)
        case paste
    }

    private var state: State = .ground
    /// The bytes of the sequence, string, scalar or paste that has begun.
    private var body: [UInt8] = []
    private var isCut = false
    private var lastByteAt: Duration = .zero

    package init() {}

    /// When `flush` has something to do, as a time of the caller's clock; nil when nothing is held back.
    package var deadline: Duration? {
        switch self.state {
        case .ground: nil
        case .escape: self.lastByteAt + Self.escapeDelay
        case .singleShift, .control, .string:
            self.lastByteAt + (self.body.isEmpty ? Self.escapeDelay : Self.sequenceDelay)
        case .utf8, .oldMouse: self.lastByteAt + Self.sequenceDelay
        case .paste: self.lastByteAt + Self.pasteDelay
        }
    }

    /// Takes bytes as they were read.
    package mutating func feed(_ bytes: some Sequence<UInt8>, now: Duration, into events: inout [InputEvent]) {
        for byte in bytes {
            self.take(byte, &events)
        }
        self.lastByteAt = now
    }

    /// Resolves what waited too long: a bare Esc becomes a key, a broken sequence is dropped, a stalled paste ends.
    package mutating func flush(now: Duration, into events: inout [InputEvent]) {
        guard let deadline = self.deadline, now >= deadline else { return }
        switch self.state {
        case .ground: break
        case .escape: events.append(.key(KeyPress(.escape)))
        case .singleShift: self.emitAlt(0x4F, &events)
        case .control: self.emitAlt(0x5B, &events)
        case .string(let introducer, _): self.emitAlt(introducer, &events)
        case .utf8: events.append(.key(KeyPress(.character("\u{FFFD}"))))
        case .oldMouse: break
        case .paste: self.emitPaste(&events)
        }
        self.reset()
    }

    /// `ESC [` and nothing more is Alt-[; a sequence cut short is nothing.
    private func emitAlt(_ byte: UInt8, _ events: inout [InputEvent]) {
        guard self.body.isEmpty else { return }
        events.append(.key(KeyPress(.character(Unicode.Scalar(byte)), .alt)))
    }

    private mutating func reset() {
        self.state = .ground
        self.body.removeAll(keepingCapacity: true)
        self.isCut = false
    }

    private mutating func take(_ byte: UInt8, _ events: inout [InputEvent]) {
        switch self.state {
        case .ground: self.takeGround(byte, [], &events)
        case .utf8(let remaining): self.takeUTF8(byte, remaining, &events)
        case .escape: self.takeEscape(byte, &events)
        case .singleShift: self.takeSingleShift(byte, &events)
        case .control: self.takeControl(byte, &events)
        case .oldMouse(let remaining): self.state = remaining > 1 ? .oldMouse(remaining: remaining - 1) : .ground
        case .string(let introducer, let escaped): self.takeString(byte, introducer, escaped, &events)
        case .paste: self.takePaste(byte, &events)
        }
    }

    private mutating func takeGround(_ byte: UInt8, _ modifiers: KeyModifiers, _ events: inout [InputEvent]) {
        switch byte {
        case 0x1B:
            self.reset()
            self.state = .escape
        case 0x00..<0x20, 0x7F:
            events.append(.key(ControlKeys.press(byte, modifiers)))
        case 0x20..<0x7F:
            events.append(.key(KeyPress(.character(Unicode.Scalar(byte)), modifiers)))
        case 0xC2..<0xF5:
            self.body = [byte]
            // Alt with a scalar past ASCII is the same scalar: terminals send it the other way only for layouts that
            // compose.
            self.state = .utf8(remaining: byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3)
        default:
            events.append(.key(KeyPress(.character("\u{FFFD}"))))
        }
    }

    private mutating func takeUTF8(_ byte: UInt8, _ remaining: Int, _ events: inout [InputEvent]) {
        guard byte & 0xC0 == 0x80 else {
            self.reset()
            events.append(.key(KeyPress(.character("\u{FFFD}"))))
            return self.take(byte, &events)
        }
        self.body.append(byte)
        guard remaining == 1 else {
            self.state = .utf8(remaining: remaining - 1)
            return
        }
        let scalars = String(decoding: self.body, as: UTF8.self).unicodeScalars
        self.reset()
        guard scalars.count == 1, let scalar = scalars.first, scalar.value >= 0xA0 else {
            return events.append(.key(KeyPress(.character("\u{FFFD}"))))
        }
        events.append(.key(KeyPress(.character(scalar))))
    }

    private mutating func takeEscape(_ byte: UInt8, _ events: inout [InputEvent]) {
        self.reset()
        switch byte {
        case 0x1B:
            events.append(.key(KeyPress(.escape)))
            self.state = .escape
        case 0x5B: self.state = .control
        case 0x4F: self.state = .singleShift
        case 0x50, 0x58, 0x5D, 0x5E, 0x5F: self.state = .string(byte, escaped: false)
        default: self.takeGround(byte, .alt, &events)
        }
    }

    private mutating func takeSingleShift(_ byte: UInt8, _ events: inout [InputEvent]) {
        switch byte {
        case 0x30...0x3B where self.body.count < Self.sequenceBytesMax:
            self.body.append(byte)
        case 0x40...0x7E:
            if let press = SequenceReader.singleShift(final: byte, parameters: self.body) {
                events.append(.key(press))
            }
            self.reset()
        default:
            self.reset()
            self.take(byte, &events)
        }
    }

    private mutating func takeControl(_ byte: UInt8, _ events: inout [InputEvent]) {
        switch byte {
        case 0x20...0x3F:
            if self.body.count < Self.sequenceBytesMax {
                self.body.append(byte)
            } else {
                self.isCut = true
            }
        case 0x4D where self.body.isEmpty:
            self.state = .oldMouse(remaining: 3)
        case 0x40...0x7E:
            let body = self.body
            let isCut = self.isCut
            self.reset()
            if byte == 0x7E, body == Array("200".utf8) {
                self.state = .paste
            } else if !isCut, let event = SequenceReader.control(final: byte, body: body) {
                events.append(event)
            }
        case 0x18, 0x1A:
            self.reset()
        default:
            self.reset()
            self.take(byte, &events)
        }
    }

    private mutating func takeString(
        _ byte: UInt8, _ introducer: UInt8, _ escaped: Bool, _ events: inout [InputEvent]
    ) {
        if escaped || (byte == 0x07 && introducer == 0x5D) {
            let isEnd = !escaped || byte == 0x5C
            if isEnd, !self.isCut, let event = StringReader.event(introducer: introducer, body: self.body) {
                events.append(event)
            }
            self.reset()
            if !isEnd {
                self.state = .escape
                self.take(byte, &events)
            }
        } else if byte == 0x1B {
            self.state = .string(introducer, escaped: true)
        } else if byte == 0x18 || byte == 0x1A {
            self.reset()
        } else if self.body.count < Self.stringBytesMax {
            self.body.append(byte)
        } else {
            self.isCut = true
        }
    }

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// Collects the paste with its end mark; past the limit only enough is kept to find the mark.
    private mutating func takePaste(_ byte: UInt8, _ events: inout [InputEvent]) {
        self.body.append(byte)
        let end = Self.pasteEnd
        if byte == 0x7E, self.body.count >= end.count, self.body.suffix(end.count).elementsEqual(end) {
            self.body.removeLast(end.count)
            self.emitPaste(&events)
            self.reset()
        } else if self.body.count > Self.pasteBytesMax + 2 * end.count {
            self.isCut = true
            self.body.remove(at: Self.pasteBytesMax)
        }
    }

    private func emitPaste(_ events: inout [InputEvent]) {
        let isCut = self.isCut || self.body.count > Self.pasteBytesMax
        events.append(.paste(PasteText.cleaned(self.body.prefix(Self.pasteBytesMax)), isCut: isCut))
    }
}
