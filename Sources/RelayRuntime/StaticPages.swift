internal import Crypto
internal import DemoShop
internal import Embed
internal import Foundation
internal import WebSocketTransport

/// What a plain GET may have: the script's files, the health page, receipts, and in a demonstration the shop.
struct StaticPages: Sendable {
    /// The session's script by path; the path names the bytes, so that what was fetched once stays good.
    static let sessions = Dictionary(uniqueKeysWithValues: Embed.sessions.map { (Self.path(of: $0.bytes), $0) })

    let isDemo: Bool
    let receipts: ReceiptShelf
    /// Whether the audit log takes sessions.
    let isHealthy: @Sendable () -> Bool

    init(isDemo: Bool, receipts: ReceiptShelf, isHealthy: @escaping @Sendable () -> Bool) {
        self.isDemo = isDemo
        self.receipts = receipts
        self.isHealthy = isHealthy
    }

    func response(to request: RequestFacts) -> HTTPResponse? {
        let path = request.path
        let coding = ContentCoding.preferred(by: request.acceptEncoding)
        switch path {
        case "/alongside.js":
            return Self.script(Embed.loader, coding, kept: "max-age=300")
        case "/health":
            return self.isHealthy()
                ? HTTPResponse(status: 200, body: Array("ok\n".utf8))
                : HTTPResponse(status: 503, body: Array("the audit log takes no sessions\n".utf8))
        default:
            if let session = Self.sessions[path] {
                return Self.script(session, coding, kept: "max-age=31536000, immutable")
            }
            if let receipt = self.receipts.receipt(at: path) { return Self.receipt(receipt) }
            guard self.isDemo, let page = DemoShop.page(path) else { return nil }
            return HTTPResponse(
                status: 200, contentType: page.contentType,
                headers: [
                    ("Content-Security-Policy", DemoShop.contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
                    ("Cache-Control", "no-cache"),
                ], body: page.bytes)
        }
    }

    /// `/alongside.` and the first 16 letters and digits of the SHA-256 digest in base64, as the loader writes it.
    private static func path(of script: [UInt8]) -> String {
        let digest = Data(SHA256.hash(data: script)).base64EncodedString()
        return "/alongside.\(digest.filter { $0.isLetter || $0.isNumber }.prefix(16)).js"
    }

    private static func receipt(_ text: String) -> HTTPResponse {
        HTTPResponse(
            status: 200, contentType: "text/plain; charset=utf-8",
            headers: [
                ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
                ("Content-Disposition", "attachment"), ("Access-Control-Allow-Origin", "*"),
            ], body: Array(text.utf8))
    }

    /// The script's own answer may differ by `Accept-Encoding`, and caches on the way are told so.
    private static func script(_ script: Embed.Script, _ coding: ContentCoding, kept: String) -> HTTPResponse {
        var response = HTTPResponse(
            status: 200, contentType: "text/javascript; charset=utf-8",
            headers: [
                ("Cache-Control", "public, \(kept)"), ("Vary", "Accept-Encoding"),
                ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "cross-origin"),
                ("Access-Control-Allow-Origin", "*"),
            ], body: script.bytes)
        switch coding {
        case .identity: break
        case .gzip:
            response.headers.append(("Content-Encoding", "gzip"))
            response.body = script.zipped
        }
        return response
    }
}
