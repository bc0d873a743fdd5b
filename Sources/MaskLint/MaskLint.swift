import Wire

/// Loads a page in a headless Chromium with the script that shoppers run, and reports what a rep would see.
package struct MaskLint: Sendable {
    /// Seconds for the page to load, and for each answer of the browser.
    package var patience = 30.0
    /// Milliseconds that the page is left alone after it has loaded: scripts fill it.
    package var settle = 500
    /// The window, in CSS px.
    package var width = 1280
    package var height = 800
    /// The browser; nil looks for one on `path`.
    package var chromium: String?
    /// A PATH.
    package var path: String?

    package init() {}

    /// Looks at `url`: `http:`, `https:` or `file:`.
    package func report(on url: String) throws(MaskLintError) -> MaskReport {
        let program = try ChromiumPath.find(chosen: self.chromium, path: self.path)
        var tools = DevTools(try ChromiumProcess(program))
        try tools.openPage(within: self.patience)
        _ = try tools.command(
            "Emulation.setDeviceMetricsOverride",
            [
                ("width", .number(Double(self.width))), ("height", .number(Double(self.height))),
                ("deviceScaleFactor", .number(1)), ("mobile", .bool(false)),
            ], within: self.patience)
        let script = String(decoding: PackageResources.lint_js, as: UTF8.self)
        _ = try tools.command(
            "Page.addScriptToEvaluateOnNewDocument", [("source", .string(script))], within: self.patience)
        let navigation = try tools.command("Page.navigate", [("url", .string(url))], within: self.patience)
        if let why = navigation["errorText"]?.string, !why.isEmpty {
            throw MaskLintError("The page did not load: \(why).")
        }
        guard try tools.wait(for: "Page.loadEventFired", within: self.patience) else {
            throw MaskLintError("The page did not load within \(Int(self.patience)) s.")
        }
        let answer = try tools.command(
            "Runtime.evaluate",
            [
                ("expression", .string("alongsideLint(\(self.settle))")), ("awaitPromise", .bool(true)),
                ("returnByValue", .bool(true)),
            ], within: self.patience + Double(self.settle) / 1000)
        if answer["exceptionDetails"] != nil {
            throw MaskLintError("The script failed on this page: its view cannot be told.")
        }
        return try MaskReport(answer["result"]?["value"] ?? .null)
    }
}
