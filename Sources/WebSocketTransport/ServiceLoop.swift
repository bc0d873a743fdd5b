import Glibc
import Synchronization
import Wire

/// A `LinkLoop` with its handler. Made by `start`, on its own thread.
package final class ServiceLoop<Handler: LinkHandler>: LinkLoop {
    /// Set before the loop turns and dropped when it has stopped, which ends the cycle handler -> loop -> handler.
    private var handler: Handler?

    /// Starts a thread with a loop and returns when it serves, or throws what failed.
    ///
    /// `makeHandler` runs on that thread: the handler never leaves it. It may keep the loop; the loop drops it at the
    /// end.
    package static func start(
        _ configuration: LoopConfiguration, makeHandler: @escaping @Sendable (LinkLoop) -> Handler
    ) throws(TransportError) -> ServiceLoopHandle {
        let control = LoopControl()
        let thread = try LoopThread(name: configuration.name) {
            do throws(TransportError) {
                let loop = try ServiceLoop(configuration, control: control)
                do throws(TransportError) {
                    try loop.open()
                } catch {
                    loop.close()
                    throw error
                }
                loop.handler = makeHandler(loop)
                control.report(nil)
                loop.run()
                loop.handler = nil
            } catch {
                control.report(error)
            }
        }
        let handle = ServiceLoopHandle(control: control, thread: thread)
        if let error = control.awaitStart() {
            handle.join()
            throw error
        }
        return handle
    }

    override func deliverUpgradeRequested(_ request: RequestFacts) -> UpgradeDecision {
        self.handler?.upgradeRequested(request, now: self.now) ?? .refuse(status: 503)
    }

    override func deliverLinkOpened(_ link: LinkID, _ request: RequestFacts) {
        self.handler?.linkOpened(link, request, now: self.now)
    }

    override func deliverMessage(_ link: LinkID, _ message: consuming FrameBuffer) {
        self.handler?.messageReceived(link, message, now: self.now)
    }

    override func deliverLinkWritable(_ link: LinkID) { self.handler?.linkWritable(link, now: self.now) }

    override func deliverLinkClosed(_ link: LinkID, _ close: LinkClose) {
        self.handler?.linkClosed(link, close, now: self.now)
    }

    override func deliverHTTPRequested(_ request: HTTPRequest) -> HTTPResponse {
        self.handler?.httpRequested(request, now: self.now) ?? .plain(503)
    }

    override func deliverTurnEnded() { self.handler?.turnEnded(now: self.now) }
    override func deliverDeadlinePassed() { self.handler?.deadlinePassed(now: self.now) }
    override func deliverMailboxWoken() { self.handler?.mailboxWoken(now: self.now) }
    override func deliverDialOpened(_ link: LinkID) { self.handler?.dialOpened(link, now: self.now) }

    override func deliverDialFailed(_ link: LinkID, _ failure: DialFailure) {
        self.handler?.dialFailed(link, failure, now: self.now)
    }
}
