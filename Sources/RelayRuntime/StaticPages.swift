internal import DemoShop
internal import Embed
internal import WebSocketTransport

/// What a plain GET may have: the script, the health page, and in a demonstration the shop.
struct StaticPages: Sendable {
    let isDemo: Bool
    /// Whether the audit log takes sessions.
    let isHealthy: @Sendable () -> Bool

    init(isDemo: Bool, isHealthy: @escaping @Sendable () -> Bool) {
        self.isDemo = isDemo
        self.isHealthy = isHealthy
    }

    func response(to path: String) -> HTTPResponse? {
        switch path {
        case "/alongside.js":
            return HTTPResponse(
                status: 200, contentType: "text/javascript; charset=utf-8",
                headers: [
                    ("Cache-Control", "public, max-age=300"), ("X-Content-Type-Options", "nosniff"),
                    ("Cross-Origin-Resource-Policy", "cross-origin"), ("Access-Control-Allow-Origin", "*"),
                ], body: Embed.script)
        case "/health":
            return self.isHealthy()
                ? HTTPResponse(status: 200, body: Array("ok\n".utf8))
                : HTTPResponse(status: 503, body: Array("the audit log takes no sessions\n".utf8))
        default:
            guard self.isDemo, let page = DemoShop.page(path) else { return nil }
            return HTTPResponse(
                status: 200, contentType: page.contentType,
                headers: [
                    ("Content-Security-Policy", DemoShop.contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
                    ("Cache-Control", "no-cache"),
                ], body: page.bytes)
        }
    }
}
