package import PageView
package import Wire

/// One seat of this rep: a tab of the screen.
package struct OpenSession: Equatable, Sendable {
    /// How the shopper is there, as far as this end knows.
    package enum Presence: Equatable, Sendable {
        /// Accepted; the relay has not seated the rep yet.
        case joining
        case live
        /// The shopper's link is gone since then; it may come back.
        case away(since: Instant)
        /// The link to the relay is gone since then.
        case unlinked(since: Instant)
        /// The relay does not know the session any more (it was restarted); a ticket may go on from it.
        case searching(since: Instant)
        /// Over, in words; the tab stays until the rep closes it.
        case ended(why: String)
    }

    /// What the page frames of the lane are waited for.
    enum Base: Equatable, Sendable {
        /// No keyframe yet, or the base is lost; nothing but a keyframe is of use. `asked` is when resync was sent.
        case missing(asked: Instant?)
        /// The sequence of the last frame applied.
        case at(UInt32)
    }

    /// A place of the shopper's cursor, or of a press.
    package struct Mark: Equatable, Sendable {
        /// In CSS px of the viewport.
        package var point: ViewPoint
        /// When it arrived here.
        package var at: Instant
    }

    /// A resync that brought no keyframe is asked again after this long.
    static let resyncIntervalMin: Duration = .seconds(2)

    package internal(set) var id: SessionID
    /// The number in frame headers on this link; nil while there is no seat on it.
    package internal(set) var number: UInt32?
    package internal(set) var presence: Presence = .joining
    /// The relay's audit log has failed: what is seen from then on is not on record.
    package internal(set) var isUnrecorded = false
    /// Where the receipt of a session that is over is had; nil where there is none.
    package internal(set) var receipt: String?
    package internal(set) var url: String
    package internal(set) var title: String
    package internal(set) var view: View?
    /// Another number after every change of `view`, never given twice: by it a painter knows whether
    /// its work is still good.
    package internal(set) var revision: UInt64 = 0
    /// The number of the document shown, to notice when the shopper went to another page.
    var shownPage: Int?
    /// The number of the tab shown, to notice when the shopper went to another one.
    var shownTab: Int?
    var base: Base = .missing(asked: nil)
    /// When the frame of `base` was captured, by the shopper's clock.
    var baseCaptureTime: UInt64 = 0
    package internal(set) var cursor: Mark?
    /// The last press of the shopper, shown for a moment.
    package internal(set) var press: Mark?
    package internal(set) var zoom: Zoom = .readable
    /// How the page lies in the pane; nil before the first keyframe. Made anew with the view, the zoom and the window.
    package internal(set) var scale: PageScale?
    /// The words that the rep looks for on the page; nil while none are.
    package internal(set) var find: PageFind?
    /// The first line of the reader view; nil while the page is drawn.
    package internal(set) var readerTop: Int?
    /// What the rep clicked on, to be told what it is; nil while nothing is.
    var inspected: Inspected?
    /// Where the rep has scroll containers scrolled to, by their layers; the shopper has them elsewhere.
    package internal(set) var inside: [Int: ViewPoint] = [:]
    /// The container that the keys look round in; nil while they do on the page.
    var insideLayer: Int?
    /// The pane moves with the shopper's cursor.
    package internal(set) var isFollowing = true
    /// The part of the page last asked for while looking round; nil while following.
    var look: LookAsked?
    /// From capture to arrival, smoothed, in microseconds by both ends' clocks; nil before the first frame.
    package internal(set) var delay: Int64?
    package internal(set) var lastFrameAt: Instant?
    /// Something arrived while another tab was shown.
    package internal(set) var hasNews = false

    package init(id: SessionID, url: String, title: String) {
        self.id = id
        self.url = url
        self.title = title
    }

    /// The view as the rep looks at it: the shopper's, with containers scrolled as in `inside`.
    package var shownView: View? { self.view?.scrolled(to: self.inside) }

    /// The frame from which the relay may go on after a lost link; nil without a base.
    var mark: FrameMark? {
        guard case .at(let sequence) = self.base else { return nil }
        return FrameMark(sequence: sequence, captureTime: self.baseCaptureTime)
    }

    /// Whether the rep can act on it: a seat that is not over.
    var isOpen: Bool {
        switch self.presence {
        case .joining, .live, .away, .unlinked, .searching: true
        case .ended: false
        }
    }

    /// Since when the view may be out of date; nil while it is live.
    package var staleSince: Instant? {
        switch self.presence {
        case .away(let since), .unlinked(let since), .searching(let since): since
        case .joining, .live, .ended: nil
        }
    }

    /// Whether the view must be drawn dim: an old page may never look live.
    package var isStale: Bool {
        switch self.presence {
        case .live: false
        case .joining, .away, .unlinked, .searching, .ended: true
        }
    }
}
