package import Foundation
package import Wire

/// Reads the files of `Protocol/vectors`, the same that the script's tests read.
package enum Vectors {
    /// The vectors of one file: an array of objects.
    package static func load(_ file: String) throws -> [JSONValue] {
        let url = repositoryRoot.appendingPathComponent("Protocol/vectors/\(file)")
        let value = try JSONValue(parsing: Array(try Data(contentsOf: url)), valueCountMax: .max)
        guard let vectors = value.array, !vectors.isEmpty else { throw VectorFault.empty(file) }
        return vectors
    }

    /// The checkout's top folder.
    package static let repositoryRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// A vector file without vectors would make its tests pass for nothing.
package enum VectorFault: Error {
    case empty(String)
}

/// Bytes from their hexadecimal form, two digits a byte.
package func bytes(hex: String) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
