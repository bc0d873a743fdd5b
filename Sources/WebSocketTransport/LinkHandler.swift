package import Wire

/// What a service loop tells the runtime. Every method is called on the loop's own thread, one at a time.
///
/// The handler may call the loop from inside any of them, with one duty: not while it is mutating a core. Take the
/// core's
/// actions first, end the access, then run them; libwebsockets calls back synchronously from some of its functions.
/// `now` is one monotonic time in nanoseconds for the whole turn of the loop.
package protocol LinkHandler: AnyObject, SendableMetatype {
    /// A well-formed request to become a link. Nothing is kept of it unless `linkOpened` follows.
    func upgradeRequested(_ request: RequestFacts, now: UInt64) -> UpgradeDecision

    /// A link that `upgradeRequested` accepted is open: messages may come and go.
    func linkOpened(_ link: LinkID, _ request: RequestFacts, now: UInt64)

    /// A whole binary message, within the link's limit.
    func messageReceived(_ link: LinkID, _ message: consuming FrameBuffer, now: UInt64)

    /// The link has taken everything written so far: after it was behind, or after `requestWritable`.
    func linkWritable(_ link: LinkID, now: UInt64)

    /// The last word on a link, exactly once for each that opened. The id names nothing from here on.
    func linkClosed(_ link: LinkID, _ close: LinkClose, now: UInt64)

    /// A GET or HEAD. The answer is whole.
    func httpRequested(_ request: HTTPRequest, now: UInt64) -> HTTPResponse

    /// Everything that arrived in this turn has been handed over: the place to write, gathered. Called only after a
    /// turn
    /// in which some other method was called.
    func turnEnded(now: UInt64)

    /// The time given to `setDeadline` has come.
    func deadlinePassed(now: UInt64)

    /// Another thread called `wake`, once or more often.
    func mailboxWoken(now: UInt64)

    /// A link that we dialled is open.
    func dialOpened(_ link: LinkID, now: UInt64)

    /// A dial came to nothing; never called from inside `dial`.
    func dialFailed(_ link: LinkID, _ failure: DialFailure, now: UInt64)
}

/// A server need not know about dialling.
extension LinkHandler {
    package func dialOpened(_ link: LinkID, now: UInt64) {}
    package func dialFailed(_ link: LinkID, _ failure: DialFailure, now: UInt64) {}
}

/// A client need not know about serving.
extension LinkHandler {
    package func upgradeRequested(_ request: RequestFacts, now: UInt64) -> UpgradeDecision { .refuse(status: 404) }
    package func linkOpened(_ link: LinkID, _ request: RequestFacts, now: UInt64) {}
    package func httpRequested(_ request: HTTPRequest, now: UInt64) -> HTTPResponse { .plain(404) }
}
