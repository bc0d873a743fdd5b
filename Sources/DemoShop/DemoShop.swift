/// northwick, a small shop for demonstrations and tests: five pages, a sheet, a script and pictures.
///
/// Everything is compiled into the program, so that `alongsided --demo` reads no file. Immutable; any thread may call.
package enum DemoShop {
    /// The header that goes with every answer: nothing inline, nothing from elsewhere, web sockets for the relay.
    package static let contentSecurityPolicy =
        "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'"

    /// One answer: the value of `Content-Type` and the body.
    package typealias Page = (contentType: String, bytes: [UInt8])

    /// The page at `path`, the target of a request: an absolute path, a query is ignored. Nil when there is none.
    package static func page(_ path: String) -> Page? {
        let name = path.prefix { $0 != "?" }
        if let bytes = Self.documents[String(name)] { return ("text/html; charset=utf-8", bytes) }
        if let bytes = Pictures.all[String(name)] { return ("image/svg+xml", bytes) }
        switch name {
        case "/shop.css": return ("text/css; charset=utf-8", PackageResources.shop_css)
        case "/shop.js": return ("text/javascript; charset=utf-8", PackageResources.shop_js)
        default: return nil
        }
    }

    /// The paths of the five documents, in the order in which a shopper walks through them.
    package static let documentPaths = ["/", "/product", "/basket", "/delivery", "/order-done"]

    private static let documents: [String: [UInt8]] = [
        "/": PackageResources.index_html,
        "/product": PackageResources.product_html,
        "/basket": PackageResources.basket_html,
        "/delivery": PackageResources.delivery_html,
        "/order-done": PackageResources.order_done_html,
    ]
}
