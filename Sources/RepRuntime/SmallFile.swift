import Glibc

/// Reads a whole file that is small by its nature.
enum SmallFile {
    /// The bytes of the file at `path`; throws a sentence when it cannot be read or is larger than `bytesMax`.
    static func read(_ path: String, bytesMax: Int) throws(RepError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw RepError("\(path) cannot be opened (\(Self.words(errno))).") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        var count = 0
        while count < bytes.count {
            let room = bytes.count - count
            let start = count
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + start }, room)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw RepError("\(path) cannot be read (\(Self.words(errno))).") }
            guard got > 0 else { break }
            count += got
        }
        guard count <= bytesMax else { throw RepError("\(path) is larger than \(bytesMax) bytes.") }
        return Array(bytes.prefix(count))
    }

    /// The system's words for an error number.
    static func words(_ code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "errno \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
