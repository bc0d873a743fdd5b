/// Why a deflated body was not inflated.
package enum InflateError: UInt8, Error {
    /// The bytes are not raw DEFLATE (RFC 1951), or bytes follow its end.
    case malformed

    /// The stream ends before its last block does.
    case cutShort

    /// The content is longer than the bounds that the caller gave.
    case tooLarge

    /// zlib could not allocate its window.
    case outOfMemory
}
