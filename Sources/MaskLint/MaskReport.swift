package import PageView
import RepConsole
import Terminal
package import Wire

/// What a rep would see of a page, and the rules that kept the rest from them.
package struct MaskReport: Sendable {
    /// One rule that fired.
    package struct Entry: Equatable, Sendable {
        /// `typed`, `password`, `autocomplete`, `name`, `value`, `card`, `iban`, `email`, `address`, `title`, `frame`,
        /// `data-alongside-mask`, `data-alongside-block`; or `shown`: what a rep sees of what a shopper enters.
        package var rule: String
        /// Of what: the type of the field, the attribute, `text`.
        package var kind: String
        /// The way to the element.
        package var element: String

        /// Whether it tells what is shown and not what is masked.
        package var isShown: Bool { self.rule == "shown" }
    }

    package let view: View
    package let entries: [Entry]
    /// The HTTP status; 0 where the page came by no HTTP.
    package let status: Int

    /// Reads what the script in the page returned.
    package init(_ value: JSONValue) throws(MaskLintError) {
        guard let body = value["view"]?.string, let view = try? View(keyframe: Array(body.utf8)) else {
            throw MaskLintError("The page's view breaks a limit of the protocol: reps would be shown less of it.")
        }
        self.view = view
        self.status = value["status"]?.int ?? 0
        self.entries = (value["rules"]?.array ?? []).map { entry in
            func word(_ name: String) -> String { SafeText(entry[name]?.string ?? "").string }
            return Entry(rule: word("rule"), kind: word("kind"), element: word("element"))
        }
    }

    /// Rows printed at most: a page of 20 000 px at a row of 10.
    private static let rowsMax = 2000

    /// The whole page as the console draws it, `columns` wide.
    package func lines(columns: Int) -> [String] {
        let columns = min(max(columns, 20), ScreenSize.columnsMax)
        let width = self.view.viewport.width / Double(columns)
        let rows = Int(min((self.view.documentRect.height / (width * 2)).rounded(.up), Double(Self.rowsMax)))
        var lines: [String] = []
        for first in stride(from: 0, to: rows, by: ScreenSize.rowsMax) {
            let origin = ViewPoint(x: 0, y: self.view.documentRect.y + Double(first) * width * 2)
            let scale = PageScale(
                cellWidth: width, cellHeight: width * 2, origin: origin,
                size: ScreenSize(columns: columns, rows: rows - first), extent: .page)
            lines += PagePainter.paint(self.view, scale: scale).screen.lines()
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private var address: String { SafeText(self.view.page.url).string }

    /// For people.
    package func text(columns: Int) -> String {
        let (viewport, size) = (self.view.viewport, self.view.size)
        var lines = [
            "\(self.address)\(self.status > 0 ? " (HTTP \(self.status))" : "")",
            "viewport \(Int(viewport.width))×\(Int(viewport.height)), page \(Int(size.width))×\(Int(size.height))", "",
            "What a rep sees:", "",
        ]
        lines += self.lines(columns: columns) + [""]
        let masked = self.entries.filter { !$0.isShown }
        let shown = self.entries.filter(\.isShown)
        lines.append(masked.isEmpty ? "No masking rule fired." : "Masked or withheld, rule, of what, where:")
        lines += masked.map { self.line($0) }
        if !shown.isEmpty {
            lines += ["", "Shown of what a shopper enters:"] + shown.map { self.line($0) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ entry: Entry) -> String {
        func padded(_ text: String, _ count: Int) -> String {
            text + String(repeating: " ", count: max(count - text.count, 0) + 1)
        }
        return "  " + padded(entry.rule, 20) + padded(entry.kind, 20) + entry.element
    }

    /// For programs: one JSON object.
    package func json(columns: Int) -> String {
        func size(_ size: ViewSize) -> JSONValue { .array([.number(size.width), .number(size.height)]) }
        let rules = self.entries.map { entry in
            JSONValue.object(
                JSONObject([
                    ("rule", .string(entry.rule)), ("kind", .string(entry.kind)), ("element", .string(entry.element)),
                ]))
        }
        let value = JSONValue.object(
            JSONObject([
                ("url", .string(self.address)), ("status", .number(Double(self.status))),
                ("viewport", size(self.view.viewport)), ("size", size(self.view.size)),
                ("lines", .array(self.lines(columns: columns).map { .string($0) })), ("rules", .array(rules)),
            ]))
        return String(decoding: value.bytes, as: UTF8.self) + "\n"
    }
}
