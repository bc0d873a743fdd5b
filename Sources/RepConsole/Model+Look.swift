import PageView
import Wire

/// A part of the page that the relay was asked for.
struct LookAsked: Equatable, Sendable {
    /// Two parts asked for are at least this far apart in time: a wheel turns faster than a page can be read.
    static let intervalMin: Duration = .milliseconds(300)
    /// The same part is asked for again when it has not come: the relay drops what comes too fast.
    static let patience: Duration = .seconds(2)
    /// A part that is still looked at is asked for again before the script forgets it (30 s).
    static let renewal: Duration = .seconds(10)

    var look: Look
    var at: Instant
}

/// Looking round the page: the pane lies over the document and not over the shopper's viewport.
extension Model {
    /// The shopper went to another page: the place looked at is gone, so the pane is over the viewport again.
    mutating func followOtherPage(at index: Int) {
        if !self.sessions[index].isFollowing {
            self.sessions[index].isFollowing = true
            self.say("The shopper went to another page; you follow again.")
        }
        self.sessions[index].scale = nil
        _ = self.leaveInside(at: index)
    }

    /// A tab is told by its title, and by its address where it has none.
    mutating func noteTab(at index: Int) {
        guard let page = self.sessions[index].view?.page, let tab = page.tab else { return }
        if let before = self.sessions[index].shownTab, before != tab {
            let name = page.title.isEmpty ? Words.path(page.url) : page.title
            self.say("The shopper went to another tab: \(name)")
        }
        self.sessions[index].shownTab = tab
    }

    /// What the rep looks at stays where it is while the shopper scrolls.
    mutating func keepPlace(at index: Int, scrollBefore: ViewPoint, scroll: ViewPoint) {
        guard !self.sessions[index].isFollowing, let scale = self.sessions[index].scale else { return }
        self.sessions[index].scale = scale.looking(
            at: ViewPoint(
                x: scale.origin.x + scrollBefore.x - scroll.x, y: scale.origin.y + scrollBefore.y - scroll.y))
    }

    /// Asks for what the shown pane lies over and what was not sent.
    mutating func looksDue() -> [Effect] {
        guard let index = self.shownIndex else { return [] }
        guard let wanted = self.wantedLook(at: index), let number = self.sessions[index].number else {
            self.sessions[index].look = nil
            return []
        }
        if let asked = self.sessions[index].look, self.now.instant < self.due(after: asked, wanted, at: index) {
            return []
        }
        self.sessions[index].look = LookAsked(look: wanted, at: self.now.instant)
        return [.send(.look(number: number, wanted))]
    }

    /// When `looksDue` has something to ask; nil while the shown session follows.
    var lookDeadline: Instant? {
        guard let index = self.shownIndex, let asked = self.sessions[index].look,
            let wanted = self.wantedLook(at: index)
        else { return nil }
        return self.due(after: asked, wanted, at: index)
    }

    private func due(after asked: LookAsked, _ wanted: Look, at index: Int) -> Instant {
        guard let view = self.sessions[index].view, let scale = self.sessions[index].scale,
            !view.reaches(scale.region)
        else { return asked.at + LookAsked.renewal }
        return asked.at + (asked.look == wanted ? LookAsked.patience : LookAsked.intervalMin)
    }

    /// The pane's part of the document and a pane each way; nil while following, and while the pane needs nothing but
    /// what is sent anyway: the viewport, and what is round it.
    private func wantedLook(at index: Int) -> Look? {
        let session = self.sessions[index]
        guard self.link.isReady, session.presence == .live, !session.isFollowing, let view = session.view,
            let scale = session.scale
        else { return nil }
        let isAsked = session.look != nil
        let isNear = scale.region.intersects(view.viewportRect)
        guard !view.reaches(scale.region) || isAsked && !isNear else { return nil }
        let height = min(scale.region.height, Double(Look.heightMax) / 3)
        let top = max(scale.region.y + view.documentScroll.y - height, 0)
        return Look(y: UInt32(min(top, Double(Look.yMax))), height: UInt32(max(height * 3, 1)))
    }
}
