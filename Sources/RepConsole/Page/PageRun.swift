import PageView
import Terminal

/// Some ink at a place in its run: a word, a bracket, a mark.
struct InkPiece {
    var text: SafeText
    /// Columns from the run's start.
    var offset: Int
    var colour: ViewColour
    var attributes: Attributes
    /// Whether the report counts it.
    var isWord: Bool
}

/// Pieces that stand on one row in a fixed order: a line of text, a control, a label of a picture.
struct PageRun {
    /// How the run gives way to others.
    enum Claim {
        /// Stands where it is: fields with brackets.
        case fixed
        /// May be shifted, moved to a neighbour row, cut.
        case movable
        /// Shown only where room is left: pictures' words.
        case optional
    }

    var pieces: [InkPiece]
    /// Columns of all pieces with the blanks between them.
    var columns: Int
    /// The column its px say.
    var column: Int
    /// The row its px say, and where in the row, 0 (top) to 1.
    var row: Int
    var fraction: Double
    /// When it was painted; 0 is the ground.
    var order: Int
    var claim: Claim
    /// Columns it may use at most: the pane, and the edges where the page itself cuts it.
    var bounds: Range<Int>
    /// Px between it and the next one may be none: then no blank is kept between them.
    var left: Double
    var right: Double
    /// The run beside which it stands, on whichever row that is: a check box's label. Its place among all runs.
    var beside: Int?
    /// Where the middle of its px is, with its fraction, in rows: runs are placed from the top.
    var middle: Double { Double(self.row) + self.fraction }
}
