/// The limits of the format. `Protocol/wire.md` lists each with what happens past it.
package enum WireLimits {
    /// A dense shop page is 60 kB of view before deflating; a megabyte leaves room for a wall of text.
    package static let pageBodyBytesMax = 1 << 20
    /// `[x,y]` with fractions is under 30 bytes.
    package static let cursorBodyBytesMax = 64
    /// A long chat line with its framing.
    package static let talkBodyBytesMax = 16 << 10
    /// Names in `watch`: more than a page shows.
    package static let watchNamesMax = 64
    /// The queue of a busy desk is the largest control body.
    package static let controlBodyBytesMax = 64 << 10
    /// One largest frame, and small ones that ride in the same message.
    package static let messageBytesMax = pageBodyBytesMax + (64 << 10)
    /// What one body may grow to at the receiver.
    package static let inflatedBytesMax = 8 << 20
    /// Text reaches about 1:10, a table of equal rows 1:100; beyond that it is a bomb.
    package static let inflateRatioMax = 200
    /// Titles, addresses, reasons.
    package static let textBytesMax = 512
    /// An armoured ed25519 signature has 300 bytes, one with a certificate 900.
    package static let signatureBytesMax = 4096
    /// Talk frames that may wait for a peer: more than anyone says during a broken link.
    package static let talkKeptCountMax = 64
    /// Bytes of their bodies: sixteen of the largest.
    package static let talkKeptBytesMax = 256 << 10
    /// Seats in one `resume`: more than a terminal client has tabs.
    package static let resumeSeatCountMax = 64
    /// The view nests 5 deep.
    package static let jsonDepthMax = 32
    /// About 10 values an item of the largest view.
    package static let jsonValueCountMax = 262_144

    /// The longest body of a lane; `nil` stands for an unknown lane, which may carry a control body's length.
    package static func bodyBytesMax(_ lane: Lane?) -> Int {
        switch lane {
        case .page: self.pageBodyBytesMax
        case .cursor: self.cursorBodyBytesMax
        case .talk: self.talkBodyBytesMax
        case .control, nil: self.controlBodyBytesMax
        }
    }
}
