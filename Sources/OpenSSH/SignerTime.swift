/// The times of `valid-after` and `valid-before` (ssh-keygen(1), ALLOWED SIGNERS): `YYYYMMDD`, `YYYYMMDDHHMM` or
/// `YYYYMMDDHHMMSS`, with `Z` for UTC.
enum SignerTime {
    /// Seconds since 1970, or nil when `text` is not such a time. A time without `Z` is in the zone that is
    /// `zoneOffset` seconds east of UTC.
    static func parse(_ text: some Collection<UInt8>, zoneOffset: Int64) -> Int64? {
        var digits = Array(text)
        let isUTC = digits.last == UInt8(ascii: "Z")
        if isUTC { digits.removeLast() }
        guard [8, 12, 14].contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number: (Range<Int>) -> Int = { range in
            range.upperBound > digits.count ? 0 : digits[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
        let (hour, minute, second) = (number(8..<10), number(10..<12), number(12..<14))
        guard year >= 1970, (1...12).contains(month), (1...Self.dayCount(year, month)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = Self.days(year, month, day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return isUTC ? seconds : seconds - zoneOffset
    }

    private static func dayCount(_ year: Int, _ month: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 in the Gregorian calendar (Howard Hinnant, days_from_civil).
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }
}
