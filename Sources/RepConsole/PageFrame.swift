package import PageView

/// What a page frame says, inflated and read, before it is known whether it fits.
package enum PageFrame: Equatable, Sendable {
    case keyframe(View)
    case delta(ViewDelta)
    case scroll(ViewScroll)
    case press(ViewPress)
}

/// Why a page frame cannot be shown.
package enum PageProblem: Equatable, Sendable {
    /// Its body grows past the bounds for inflated bodies: a bomb, or a page no terminal needs.
    case tooLarge
    /// Its body is not what `Protocol/view.md` says, in one word of the decoder.
    case unreadable(String)
}

/// A frame of the page lane as it arrived for one session.
package struct PageArrival: Equatable, Sendable {
    /// The session number of its header.
    package var number: UInt32
    package var sequence: UInt32
    /// The shopper's clock, microseconds since 1970.
    package var captureTime: UInt64
    /// Whether its kind is `keyframe`; known also where the body cannot be read.
    package var isKeyframe: Bool
    package var content: Result<PageFrame, PageProblem>

    package init(
        number: UInt32, sequence: UInt32, captureTime: UInt64, isKeyframe: Bool,
        content: Result<PageFrame, PageProblem>
    ) {
        self.number = number
        self.sequence = sequence
        self.captureTime = captureTime
        self.isKeyframe = isKeyframe
        self.content = content
    }
}

extension PageProblem: Error {}
