import CLibuv
import Glibc

/// Where a connection comes from.
package struct PeerAddress: Hashable, Sendable {
    /// What one household shares: an IPv4 address or an IPv6 /64. Nil for a socket without addresses (Unix).
    struct Key: Hashable, Sendable {
        let network: UInt64
        let isIPv4: Bool
        /// ::1, whose network is 0.
        var isLoopback = false
    }

    /// Numeric: "192.0.2.7", "2001:db8::1", or "local" for a socket without addresses.
    package let text: String

    package let port: UInt16
    let key: Key?

    /// What one household shares, as a number: for limits of the runtime's own. 0 for a socket without addresses.
    package var networkBits: UInt64 { self.key?.network ?? 0 }

    /// Reads what `accept4` wrote.
    init(_ storage: sockaddr_storage) {
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = Self.read(storage, as: sockaddr_in.self)
            self.text = Self.format(AF_INET, address.sin_addr)
            self.port = UInt16(bigEndian: address.sin_port)
            self.key = Key(network: UInt64(address.sin_addr.s_addr), isIPv4: true)
        case AF_INET6:
            let address = Self.read(storage, as: sockaddr_in6.self)
            let (high, low) = Self.read(address.sin6_addr)
            let isMapped = high == 0 && UInt64(bigEndian: low) >> 32 == 0xFFFF
            self.text = Self.format(AF_INET6, address.sin6_addr)
            self.port = UInt16(bigEndian: address.sin6_port)
            self.key =
                isMapped
                ? Key(network: UInt64(UInt32(truncatingIfNeeded: UInt64(bigEndian: low)).bigEndian), isIPv4: true)
                : Key(network: high, isIPv4: false, isLoopback: high == 0 && low == UInt64(1).bigEndian)
        default:
            self.text = "local"
            self.port = 0
            self.key = nil
        }
    }

    /// An address by its text, counted nowhere: the other end of a link that we dialled, or a test's.
    package init(text: String, port: UInt16) {
        self.text = text
        self.port = port
        self.key = nil
    }

    private static func read<Address>(_ storage: sockaddr_storage, as type: Address.Type) -> Address {
        // Proof: the family says which of the two it is, and `sockaddr_storage` is as large and aligned as both.
        unsafe withUnsafeBytes(of: storage) { unsafe $0.loadUnaligned(as: type) }
    }

    private static func read(_ address: in6_addr) -> (high: UInt64, low: UInt64) {
        unsafe withUnsafeBytes(of: address) {
            unsafe ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    private static func format<Address>(_ family: Int32, _ address: Address) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        unsafe withUnsafeBytes(of: address) {
            _ = unsafe inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
