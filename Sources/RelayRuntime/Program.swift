package import AuditCore
internal import Crypto
internal import Foundation

/// The version of all programs of this package.
package let programVersion = "0.1.0"

/// The SHA-256 of a configuration file, for the audit log; of nothing when it cannot be read any more.
package func configurationDigest(path: String) -> Digest32 {
    let data = FileManager.default.contents(atPath: path) ?? Data()
    return Digest32(bytes: Array(SHA256.hash(data: data))) ?? .zero
}
