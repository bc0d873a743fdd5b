/// Reads the bodies of OSC, DCS and APC replies. PM and SOS mean nothing to us.
enum StringReader {
    /// The event of a whole control string; nil for what is not a reply we asked for.
    static func event(introducer: UInt8, body: [UInt8]) -> InputEvent? {
        switch introducer {
        case 0x5D: Self.operatingSystemCommand(body)
        case 0x50: Self.deviceControl(body)
        case 0x5F: Self.applicationCommand(body)
        default: nil
        }
    }

    /// `10;rgb:…` and `11;rgb:…`.
    private static func operatingSystemCommand(_ body: [UInt8]) -> InputEvent? {
        guard body.count > 3, body[2] == 0x3B, let colour = Self.colour(body[3...]) else { return nil }
        switch (body[0], body[1]) {
        case (0x31, 0x30): return .reply(.foreground(colour))
        case (0x31, 0x31): return .reply(.background(colour))
        case (_, _): return nil
        }
    }

    /// `rgb:RR/GG/BB` with one to four digits a part, or `#RRGGBB`.
    private static func colour(_ text: ArraySlice<UInt8>) -> Colour? {
        if text.first == 0x23, text.count == 7, let value = Self.hexadecimal(text.dropFirst()) {
            return Colour(rgb: UInt32(value))
        }
        guard text.starts(with: "rgb:".utf8) || text.starts(with: "rgba:".utf8) else { return nil }
        let start = text.firstIndex(of: 0x3A).map { $0 + 1 } ?? text.endIndex
        let parts = text[start...].split(separator: 0x2F, omittingEmptySubsequences: false).prefix(3)
        let channels = parts.compactMap { part -> UInt8? in
            guard (1...4).contains(part.count), let value = Self.hexadecimal(part) else { return nil }
            return UInt8(value * 255 / ((1 << (4 * part.count)) - 1))
        }
        return channels.count == 3 ? Colour(red: channels[0], green: channels[1], blue: channels[2]) : nil
    }

    private static func deviceControl(_ body: [UInt8]) -> InputEvent? {
        if body.starts(with: ">|".utf8) {
            return .reply(.version(SafeText(String(decoding: body.dropFirst(2), as: UTF8.self)).string))
        }
        if body.starts(with: "1+r".utf8) || body.starts(with: "0+r".utf8) {
            return Self.capability(body.dropFirst(3), isKnown: body[0] == 0x31)
        }
        if body.starts(with: "1$r".utf8), body.last == 0x6D {
            let parameters = String(decoding: body.dropFirst(3).dropLast(), as: UTF8.self)
            return .reply(.renditions(SafeText(parameters).string))
        }
        return body.starts(with: "0$r".utf8) ? .reply(.renditions(nil)) : nil
    }

    /// `Gi=N;OK`, or an error in place of OK, for the number that the probe asks with.
    private static func applicationCommand(_ body: [UInt8]) -> InputEvent? {
        let head = Array("Gi=\(CapabilityProbe.graphicsNumber);".utf8)
        guard body.starts(with: head) else { return nil }
        return .reply(.kittyGraphics(isKnown: body.dropFirst(head.count).elementsEqual("OK".utf8)))
    }

    /// `name=value`, both as hexadecimal digits.
    private static func capability(_ body: ArraySlice<UInt8>, isKnown: Bool) -> InputEvent? {
        let parts = body.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let name = Self.text(first), !name.isEmpty else { return nil }
        let value = parts.count > 1 ? Self.text(parts[1]) : ""
        return .reply(.capability(name, value: isKnown ? value ?? "" : nil))
    }

    private static func text(_ digits: ArraySlice<UInt8>) -> String? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var index = digits.startIndex
        while index < digits.endIndex {
            guard let byte = Self.hexadecimal(digits[index..<index + 2]) else { return nil }
            bytes.append(UInt8(byte))
            index += 2
        }
        return SafeText(String(decoding: bytes, as: UTF8.self)).string
    }

    /// The number of up to six hexadecimal digits.
    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | Int(digit - 0x30)
            case 0x41...0x46: value = value << 4 | Int(digit - 0x37)
            case 0x61...0x66: value = value << 4 | Int(digit - 0x57)
            default: return nil
            }
        }
        return value
    }
}
