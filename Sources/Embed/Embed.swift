/// The two files of the script that shop pages load, as bytes in the daemon: nothing is read from disk to serve them.
/// Both are UTF-8; serve them as `text/javascript; charset=utf-8`.
package enum Embed {
    /// `alongside.js`, the loader: what every page of the shop has. It knows the path and the digest of each of
    /// `sessions`, which it loads when a shopper asks for help.
    package static var loader: [UInt8] { PackageResources.alongside_js }

    /// The session's script, once a language of the panel: the script as an expression, called with its words.
    package static var sessions: [[UInt8]] {
        [PackageResources.en_json, PackageResources.et_json, PackageResources.fi_json, PackageResources.pl_json].map {
            PackageResources.session_js + Array("(".utf8) + $0 + Array(");\n".utf8)
        }
    }
}
