/// The script that shop pages load, as bytes in the daemon: nothing is read from disk to serve it.
package enum Embed {
    /// `alongside.js`, minified, UTF-8. Serve it as `text/javascript; charset=utf-8`.
    package static var script: [UInt8] { PackageResources.alongside_js }
}
