/// The document a view shows.
package struct ViewPage: Equatable, Sendable {
    /// Counts documents of the session from 1.
    package var id: Int
    package var url: String
    package var title: String
    /// A BCP 47 tag; nil when the page names none.
    package var language: String?
    /// Grows by one whenever the session goes on in another tab of the shopper; nil where that is not told.
    package var tab: Int?
    /// The shopper's other tabs of the shop, at most `ViewLimits.tabCountMax`; empty where none are told.
    package var tabs: [ViewTab] = []
}

/// Another tab of the shopper: one that the rep may ask for.
package struct ViewTab: Equatable, Sendable {
    /// By which it is asked for; the same as long as its document stays.
    package var number: Int
    package var title: String
    package var url: String
}

/// A plane of the page: the document, what is fixed, what scrolls on its own, what stands above.
package struct ViewLayer: Equatable, Sendable {
    /// What places and clips it.
    package enum Kind: Int, Sendable {
        case flow, fixed, scroller, top, raised
    }

    package var id: Int
    package var parent: Int
    package var kind: Kind
    package var rect: ViewRect
    package var scrollX: Double
    package var scrollY: Double
    /// 0 to 1; the ancestors' opacities multiply it.
    package var opacity: Double
}

/// Items that move together.
package struct ViewBlock: Equatable, Sendable {
    package var id: Int
    package var layer: Int
    /// In px of the layer's content.
    package var x: Double
    package var y: Double
    package var items: [ViewItem]
}

/// What is painted in and near the shopper's viewport: a keyframe with the deltas and scrolls since.
///
/// A value with no clock and no IO. Whoever draws keeps one per session; a copy is cheap until one of the two changes.
package struct View: Equatable, Sendable {
    package internal(set) var page: ViewPage
    package internal(set) var viewport: ViewSize
    /// The whole document.
    package internal(set) var size: ViewSize
    /// The colour behind everything.
    package internal(set) var ground: ViewColour
    /// In paint order.
    package internal(set) var layers: [ViewLayer]
    /// In paint order, within each layer.
    package internal(set) var blocks: [ViewBlock]
    /// All blocks' items together, at most `ViewLimits.itemCountMax`.
    package internal(set) var itemCount: Int
    /// Parts of the document, in its px, that were captured whole; empty where the sender does not say.
    package internal(set) var reach: [ViewRect] = []
}
