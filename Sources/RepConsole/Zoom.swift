/// How large the page is drawn. A row is always twice as high as a cell is wide, in CSS px.
package enum Zoom: Equatable, Sendable {
    /// The whole width of the shopper's viewport in the pane.
    case fit
    /// Half of the page's most common font size: text keeps its natural place.
    case readable
    /// A cell of this many CSS px.
    case cell(width: Double)

    /// The step of `z` and `Z`.
    static let step = 1.15
    /// Below this a word of 12 px is longer than its cells; above, a page of 1280 px has 40 columns.
    static let cellWidths: ClosedRange<Double> = 3...32

    /// A cell width of the rep's choosing, kept within `cellWidths`.
    static func stepped(_ width: Double) -> Zoom {
        .cell(width: min(max(width, self.cellWidths.lowerBound), self.cellWidths.upperBound))
    }
}
