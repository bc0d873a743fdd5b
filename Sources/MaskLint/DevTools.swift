import Glibc
import Wire

/// The Chrome DevTools Protocol over the pipes of a `ChromiumProcess`: one command after the other.
struct DevTools: ~Copyable {
    private var process: ChromiumProcess
    private var lastID = 0
    /// The page's session; empty before a page was opened.
    private var session = ""
    /// Events that came while an answer was waited for, by name.
    private var events: Set<String> = []

    init(_ process: consuming ChromiumProcess) {
        self.process = process
    }

    /// Opens an empty page; the commands from now on are for it.
    mutating func openPage(within seconds: Double) throws(MaskLintError) {
        let target = try self.command("Target.createTarget", [("url", .string("about:blank"))], within: seconds)
        let attached = try self.command(
            "Target.attachToTarget", [("targetId", target["targetId"] ?? .null), ("flatten", .bool(true))],
            within: seconds)
        guard let session = attached["sessionId"]?.string else { throw MaskLintError("Chromium opened no page.") }
        self.session = session
        _ = try self.command("Page.enable", [], within: seconds)
    }

    /// Sends a command and returns its result.
    mutating func command(
        _ method: String, _ parameters: [(String, JSONValue)], within seconds: Double
    ) throws(MaskLintError) -> JSONValue {
        self.lastID += 1
        let id = self.lastID
        let command = JSONObject([
            ("id", .number(Double(id))), ("method", .string(method)), ("params", .object(JSONObject(parameters))),
            ("sessionId", self.session.isEmpty ? nil : .string(self.session)),
        ])
        try self.process.send(JSONValue.object(command).bytes)
        let deadline = Self.now() + seconds
        while let message = try self.next(until: deadline) {
            guard message["id"]?.int == id else { continue }
            if let error = message["error"] {
                throw MaskLintError("Chromium refused \(method): \(error["message"]?.string ?? "no reason given").")
            }
            return message["result"] ?? .null
        }
        throw MaskLintError("Chromium did not answer \(method) within \(Int(seconds)) s.")
    }

    /// Waits for an event, which may have come already. False when the time was up.
    mutating func wait(for event: String, within seconds: Double) throws(MaskLintError) -> Bool {
        let deadline = Self.now() + seconds
        while !self.events.contains(event) {
            guard try self.next(until: deadline) != nil else { return false }
        }
        return true
    }

    private mutating func next(until deadline: Double) throws(MaskLintError) -> JSONValue? {
        let rest = max(deadline - Self.now(), 0)
        guard let bytes = try self.process.receive(within: Int32(min(rest * 1000, 1e9))) else { return nil }
        guard let message = try? JSONValue(parsing: bytes) else {
            throw MaskLintError("Chromium's answer cannot be read.")
        }
        if let event = message["method"]?.string { self.events.insert(event) }
        return message
    }

    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
