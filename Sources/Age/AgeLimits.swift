/// The bounds of age files as this room reads and writes them.
package enum AgeLimits {
    /// Bytes of plain text in one piece of the body: the format's own number.
    package static let pieceBytesMax = 64 * 1024
    /// Stanzas in a header that is read: more recipients than any team of auditors has.
    package static let stanzaCountMax = 64
    /// Bytes of a header that is read: that many stanzas of the two kinds that are known, four times over.
    package static let headerBytesMax = 64 * 1024
}
