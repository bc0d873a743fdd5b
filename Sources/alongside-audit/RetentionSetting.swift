internal import AuditStore
internal import Foundation
internal import TOMLKit

/// What the relay's configuration says of how long recordings are kept. The relay reads the same file and complains of
/// everything else in it.
enum RetentionSetting {
    /// Why the file gives no rules, in a sentence.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    /// The rules by the key of their site. Sites without one are left out.
    static func rules(path: String) throws(Mistake) -> [String: RetentionRule] {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: String(contentsOfFile: path, encoding: .utf8))
        } catch let error as TOMLParseError {
            throw Mistake(description: "\(path):\(error.source.begin.line): is not TOML: \(error.description)")
        } catch {
            throw Mistake(description: "\(path): cannot be read: \(error.localizedDescription)")
        }
        guard let sites = table["site"] else { return [:] }
        guard let array = sites.array else { throw Mistake(description: "\(path): site: write [[site]]") }
        var rules: [String: RetentionRule] = [:]
        for element in array {
            guard let site = element.table, let key = site["key"]?.string else {
                throw Mistake(description: "\(path): site.key: is missing")
            }
            let rule = RetentionRule(
                daysMax: try Self.number("retention_days", RetentionRule.dayBounds, in: site, key, path),
                bytesMax: try Self.number("retention_bytes", RetentionRule.byteBounds, in: site, key, path))
            if rule != RetentionRule() { rules[key] = rule }
        }
        return rules
    }

    private static func number(
        _ name: String, _ bounds: ClosedRange<Int>, in site: TOMLTable, _ key: String, _ path: String
    ) throws(Mistake) -> Int? {
        guard let value = site[name] else { return nil }
        guard let number = value.int, bounds.contains(number) else {
            throw Mistake(
                description: "\(path): site.\(name) of \(key): is not a whole number from \(bounds.lowerBound) to "
                    + "\(bounds.upperBound)")
        }
        return number
    }
}
