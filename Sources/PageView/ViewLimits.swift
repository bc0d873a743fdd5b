/// What a view may hold at most, as in `Protocol/view.md`: a peer's view must not fill a rep's memory.
package enum ViewLimits {
    /// `viewLayerCountMax`: a page has tens of stacking contexts and scroll containers; each costs a look-up per paint.
    package static let layerCountMax = 256
    /// `viewBlockCountMax`: ten times a dense screen with its margins.
    package static let blockCountMax = 8192
    /// `viewItemCountMax`: about 10 MB in memory.
    package static let itemCountMax = 65_536
    /// `viewReachCountMax`: what is round the viewport, and what reps asked for.
    package static let reachCountMax = 8
    /// `viewTabCountMax`: other tabs of the shopper that are told; a longer list would not be read.
    package static let tabCountMax = 8
    /// Items of one block: a block is the unit of change, so a larger one would make deltas large.
    package static let blockItemCountMax = 64
    /// Colours of one picture to a row, and all of them: more than a terminal's cells show of it.
    package static let imageColumnsMax = 16
    package static let imageColourCountMax = 256
    /// The same of a finer picture, which a rep asked for: a whole pane of cells.
    package static let fineColumnsMax = 64
    package static let fineColourCountMax = 4096
    /// `viewTextBytesMax`: UTF-8 bytes of one string; a visual line is rarely longer than 300.
    package static let textBytesMax = 2048
    /// Lengths and places in px, either sign: past the tallest page a browser lays out, and exact in a `Double`.
    package static let coordinateMax = 10_000_000.0
}
