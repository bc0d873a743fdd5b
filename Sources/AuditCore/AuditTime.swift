/// When something happened, read from three clocks so that a step of one shows.
package struct AuditStamp: Equatable, Sendable {
    /// Microseconds since 1970-01-01 UTC. May step back.
    package var wall: UInt64
    /// Microseconds since the machine's start. Never steps back within one boot.
    package var mono: UInt64

    /// Both clocks read at the same moment.
    package init(wall: UInt64, mono: UInt64) {
        self.wall = wall
        self.mono = mono
    }
}

/// Wall clock times as RFC 3339 writes them: UTC, always six digits of a second: `2026-11-22T02:20:59.123456Z`.
package enum AuditTime {
    /// 9999-12-31T23:59:59.999999Z, the last time with a year of four digits.
    package static let wallMax: UInt64 = 253_402_300_799_999_999
    static let byteCount = 27

    /// Appends 27 characters. Times after `wallMax` are written as `wallMax`.
    static func append(_ wall: UInt64, to text: inout [UInt8]) {
        let time = min(wall, Self.wallMax)
        let seconds = time / 1_000_000
        let date = Self.date(ofDay: seconds / 86_400)
        let second = seconds % 86_400
        Self.append(date.year, digits: 4, then: 0x2D, to: &text)
        Self.append(date.month, digits: 2, then: 0x2D, to: &text)
        Self.append(date.day, digits: 2, then: 0x54, to: &text)
        Self.append(second / 3_600, digits: 2, then: 0x3A, to: &text)
        Self.append(second / 60 % 60, digits: 2, then: 0x3A, to: &text)
        Self.append(second % 60, digits: 2, then: 0x2E, to: &text)
        Self.append(time % 1_000_000, digits: 6, then: 0x5A, to: &text)
    }

    /// 27 characters.
    package static func text(_ wall: UInt64) -> String {
        var text: [UInt8] = []
        Self.append(wall, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Microseconds since 1970, or nil unless `text` is what `append` writes for them.
    package static func wall(_ text: ArraySlice<UInt8>) -> UInt64? {
        guard text.count == Self.byteCount else { return nil }
        let start = text.startIndex
        func number(_ at: Int, _ digits: Int) -> UInt64? {
            var value: UInt64 = 0
            for character in text[start + at..<start + at + digits] {
                guard (0x30...0x39).contains(character) else { return nil }
                value = value * 10 + UInt64(character - 0x30)
            }
            return value
        }
        guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2), let micro = number(20, 6),
            year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = Self.day(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
        let wall = seconds * 1_000_000 + micro
        var spelled: [UInt8] = []
        Self.append(wall, to: &spelled)
        return spelled.elementsEqual(text) ? wall : nil
    }

    private static func append(_ value: UInt64, digits: Int, then separator: UInt8, to text: inout [UInt8]) {
        var divisor: UInt64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
        text.append(separator)
    }

    /// The date of a day counted from 1970-01-01, in the Gregorian calendar: years are counted from March, so that the
    /// leap day is a year's last, in eras of 400 years (146,097 days).
    private static func date(ofDay day: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// The inverse of `date(ofDay:)` for years from 1970.
    private static func day(_ year: UInt64, _ month: UInt64, _ day: UInt64) -> UInt64 {
        let marchYear = month <= 2 ? year - 1 : year
        let yearOfEra = marchYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return marchYear / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
