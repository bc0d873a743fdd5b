import Foundation

/// The vectors of `Protocol/vectors`, decoded.
enum Vectors {
    struct Records: Decodable {
        struct Bad: Decodable {
            let line: String
            let reason: String
            let why: String
        }
        let good: [String]
        let bad: [Bad]
    }

    struct Logs: Decodable {
        struct Good: Decodable {
            let why: String
            let lines: [String]
            let sessions: Int
            let open: Int
            let closed: Bool
        }
        struct Bad: Decodable {
            let lines: [String]
            let index: UInt64
            let rule: String
        }
        let good: [Good]
        let bad: [Bad]
    }

    struct Segment: Decodable {
        let why: String
        let hex: String
        let first: UInt64
        let last: Bool
        let records: Int
        let end: Int
        let ending: String
        let fault: String?
        let bytes: Int
    }

    struct Values: Decodable {
        struct Checksum: Decodable {
            let hex: String
            let crc: UInt32
        }
        struct Session: Decodable {
            let hex: String
            let text: String
        }
        struct Time: Decodable {
            let wall: UInt64
            let text: String
        }
        struct FrameHashes: Decodable {
            let session: String
            let frames: [String]
            let hashes: [String]
        }
        struct Pseudonym: Decodable {
            let key: String
            let kind: String
            let id: String
            let text: String
        }
        let crc32c: [Checksum]
        let sessions: [Session]
        let times: [Time]
        let frameHashes: [FrameHashes]
        let pseudonyms: [Pseudonym]
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Protocol")

    static func load<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: Self.root.appending(path: "vectors/\(name)")))
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: name), encoding: .utf8)
    }

    static func bytes(_ hex: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Substring(hex)
        while !rest.isEmpty {
            bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
