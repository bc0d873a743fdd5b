/// What the metrics socket answers to a request: HTTP/1.0 (RFC 1945), the end of the connection ends the body.
package enum MetricsAnswer {
    /// The whole answer. `exposition` is asked only for the page of figures; nil while a loop does not answer.
    package static func bytes(to request: [UInt8], exposition: () -> String?) -> [UInt8] {
        guard let line = request.split(separator: UInt8(ascii: "\r"), omittingEmptySubsequences: false).first,
            self.isWhole(request)
        else { return self.answer("400 Bad Request", "This is no request.\n") }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
            return self.answer("400 Bad Request", "This is no request.\n")
        }
        guard words[0] == "GET" else { return self.answer("405 Method Not Allowed", "GET is understood here.\n") }
        guard words[1] == "/metrics" else { return self.answer("404 Not Found", "The figures are at /metrics.\n") }
        guard let text = exposition() else { return self.answer("503 Service Unavailable", "A loop is silent.\n") }
        return self.answer("200 OK", text)
    }

    /// Whether the empty line that ends a request's header has come.
    package static func isWhole(_ request: [UInt8]) -> Bool {
        request.suffix(4).elementsEqual("\r\n\r\n".utf8)
    }

    private static func answer(_ status: String, _ body: String) -> [UInt8] {
        let head = """
            HTTP/1.0 \(status)\r
            Content-Type: text/plain; version=0.0.4; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r

            """
        return Array(head.utf8) + Array(body.utf8)
    }
}
