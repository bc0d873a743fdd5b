/// Times and lists in the words of the screen.
enum Words {
    /// A waiting time as `4:12`, or `1:04:12` from an hour on.
    static func clock(seconds: Int) -> String {
        let whole = max(seconds, 0)
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0
            ? "\(hours):\(self.twoDigits(minutes)):\(self.twoDigits(rest))" : "\(minutes):\(self.twoDigits(rest))"
    }

    /// An age as `4 s`, `3 min` or `2 h`, rounded down.
    static func age(_ duration: Duration) -> String {
        let seconds = Int(clamping: duration.components.seconds)
        switch seconds {
        case ..<60: return "\(max(seconds, 0)) s"
        case ..<3600: return "\(seconds / 60) min"
        default: return "\(seconds / 3600) h"
        }
    }

    /// A delay as `12 ms`, or `1.4 s` from a second on.
    static func delay(microseconds: Int64) -> String {
        let milliseconds = max(microseconds, 0) / 1000
        guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
        return "\(milliseconds / 1000).\(milliseconds / 100 % 10) s"
    }

    /// `1 ticket`, `2 tickets`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// The address without its scheme, as a rep reads it: `shop.example/delivery`.
    static func address(_ url: String) -> String {
        for scheme in ["https://", "http://"] where url.hasPrefix(scheme) {
            return String(url.dropFirst(scheme.count))
        }
        return url
    }

    /// The path of an address: what differs between the pages of one shop.
    static func path(_ url: String) -> String {
        let address = self.address(url)
        guard let slash = address.utf8.firstIndex(of: UInt8(ascii: "/")) else { return "/" }
        return String(address[slash...])
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
