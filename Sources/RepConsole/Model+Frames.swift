import PageView
import Wire

/// Page and cursor frames of the sessions on the link.
extension Model {
    /// A keyframe replaces everything; any other page frame counts only when it follows the one before.
    mutating func pageArrived(_ arrival: PageArrival) -> [Effect] {
        guard let index = self.index(ofNumber: arrival.number) else { return [] }
        self.noteArrival(captureTime: arrival.captureTime, at: index)
        guard arrival.isKeyframe || self.follows(arrival.sequence, at: index) else {
            return self.loseBase(at: index)
        }
        switch arrival.content {
        case .success(let frame):
            self.sessions[index].baseCaptureTime = arrival.captureTime
            return self.apply(frame, sequence: arrival.sequence, at: index)
        case .failure(.tooLarge): return self.refusePage(at: index)
        case .failure(.unreadable(let word)):
            // A keyframe that cannot be read would not become readable by asking for it again.
            guard arrival.isKeyframe else { return self.loseBase(at: index) }
            self.sessions[index].base = .missing(asked: nil)
            self.say("The shopper's page could not be read (\(word)).", warning: true)
            return []
        }
    }

    private func follows(_ sequence: UInt32, at index: Int) -> Bool {
        guard case .at(let base) = self.sessions[index].base else { return false }
        return sequence == base &+ 1
    }

    private mutating func apply(_ frame: PageFrame, sequence: UInt32, at index: Int) -> [Effect] {
        let scrollBefore = self.sessions[index].view?.documentScroll
        switch frame {
        case .keyframe(let view):
            self.sessions[index].view = view
        case .delta(let delta):
            do throws(ViewError) {
                try self.sessions[index].view?.apply(delta)
            } catch {
                return self.loseBase(at: index)
            }
        case .scroll(let scroll):
            self.sessions[index].view?.apply(scroll)
        case .press(let press):
            self.sessions[index].press = OpenSession.Mark(point: press.point, at: self.now.instant)
            self.sessions[index].base = .at(sequence)
            return []
        }
        self.sessions[index].base = .at(sequence)
        self.viewChangeCount &+= 1
        self.sessions[index].revision = self.viewChangeCount
        self.viewChanged(at: index, scrollBefore: scrollBefore)
        return []
    }

    private mutating func viewChanged(at index: Int, scrollBefore: ViewPoint?) {
        guard let view = self.sessions[index].view else { return }
        let isOtherPage = self.sessions[index].shownPage != view.page.id
        self.sessions[index].shownPage = view.page.id
        self.sessions[index].url = view.page.url
        self.sessions[index].title = view.page.title
        if isOtherPage {
            self.followOtherPage(at: index)
            self.noteTab(at: index)
        } else if let scrollBefore {
            self.keepPlace(at: index, scrollBefore: scrollBefore, scroll: view.documentScroll)
        }
        self.keepInside(at: index)
        self.rescale(at: index)
        let shown = self.sessions[index].shownView ?? view
        self.sessions[index].find?.search(shown)
    }

    /// The view has missed something: it stays on the screen, and a keyframe is asked for once.
    private mutating func loseBase(at index: Int) -> [Effect] {
        switch self.sessions[index].base {
        case .missing(asked: nil) where self.sessions[index].view == nil:
            // The first keyframe is on its way; deltas before it are of no use.
            return []
        case .missing(.some):
            return []
        case .missing(asked: nil), .at:
            return self.askForKeyframe(at: index)
        }
    }

    private mutating func askForKeyframe(at index: Int) -> [Effect] {
        guard let number = self.sessions[index].number else { return [] }
        self.sessions[index].base = .missing(asked: self.now.instant)
        return [.send(.resync(number: number))]
    }

    /// Asks again where a keyframe did not come in time.
    mutating func resyncsDue() -> [Effect] {
        var effects: [Effect] = []
        for index in self.sessions.indices where self.sessions[index].presence == .live {
            guard case .missing(let asked?) = self.sessions[index].base,
                asked + OpenSession.resyncIntervalMin <= self.now.instant
            else { continue }
            effects += self.askForKeyframe(at: index)
        }
        return effects
    }

    /// A body past the bounds for inflated bodies: the seat is given up, as `Protocol/wire.md` says.
    private mutating func refusePage(at index: Int) -> [Effect] {
        let session = self.sessions[index].id
        let why = "The shopper's page is larger than this terminal accepts; you left the session."
        self.sessions[index].presence = .ended(why: why)
        self.sessions[index].number = nil
        self.say(why, warning: true)
        return [.send(.leave(session))]
    }

    mutating func cursorArrived(number: UInt32, captureTime: UInt64, point: ViewPoint?) {
        guard let index = self.index(ofNumber: number) else { return }
        self.noteArrival(captureTime: captureTime, at: index)
        self.sessions[index].cursor = point.map { OpenSession.Mark(point: $0, at: self.now.instant) }
        self.followCursor(at: index)
    }

    /// Smooths the delay over about eight frames, so that the figure can be read.
    private mutating func noteArrival(captureTime: UInt64, at index: Int) {
        self.sessions[index].lastFrameAt = self.now.instant
        if self.shownIndex != index { self.sessions[index].hasNews = true }
        // Bounded before it is subtracted: a peer chooses the capture time.
        let bound: Int64 = 3_600_000_000
        let sample =
            captureTime > self.now.wall
            ? -min(Int64(clamping: captureTime - self.now.wall), bound)
            : min(Int64(clamping: self.now.wall - captureTime), bound)
        let before = self.sessions[index].delay ?? sample
        self.sessions[index].delay = before + (sample - before) / 8
    }
}
