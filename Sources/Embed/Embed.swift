/// The two files of the script that shop pages load, as bytes in the daemon: nothing is read from disk to serve them.
/// Both are UTF-8; serve them as `text/javascript; charset=utf-8`.
package enum Embed {
    /// A file as it is, and the same in gzip (RFC 1952) as small as zopfli makes it.
    package struct Script: Sendable {
        package let bytes: [UInt8]
        package let zipped: [UInt8]
    }

    /// `alongside.js`, the loader: what every page of the shop has. It knows the path and the digest of each of
    /// `sessions`, which it loads when a shopper asks for help. Digests are of the bytes as they are.
    package static var loader: Script {
        Script(bytes: PackageResources.alongside_js, zipped: PackageResources.alongside_js_gz)
    }

    /// The session's script, once a language of the panel: the script as an expression, called with its words.
    package static var sessions: [Script] {
        typealias Files = PackageResources
        return [
            (Files.en_json, Files.en_js_gz), (Files.et_json, Files.et_js_gz), (Files.fi_json, Files.fi_js_gz),
            (Files.pl_json, Files.pl_js_gz),
        ].map { words, zipped in
            Script(bytes: Files.session_js + Array("(".utf8) + words + Array(");\n".utf8), zipped: zipped)
        }
    }
}
