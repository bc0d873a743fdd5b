internal import Deflate
package import PageView
package import RepConsole
package import Wire

/// Frames of the relay as messages for the console: inflates and reads bodies. In the client on the network thread, so
/// that the thread that paints never waits for a large page; in a replay of a recording on the only one.
package enum FrameReading {
    /// What a frame means here.
    package enum Meaning: Equatable {
        case control(ControlArrival)
        case page(PageArrival, byteCount: Int)
        case cursor(ViewPoint?)
        /// A kind of a later version, or one that only others receive.
        case nothing
    }

    /// Reads one frame. Throws where a control body breaks the format: then the link is of no use. A page body that
    /// cannot be read is a fact about one session, not an error.
    package static func meaning(of frame: Frame) throws(WireError) -> Meaning {
        guard let kind = frame.header.knownKind else { return .nothing }
        switch kind {
        case .keyframe, .delta, .scroll, .press:
            return self.page(kind, frame)
        case .cursor:
            // A cursor that cannot be read is dropped: the next is milliseconds away.
            guard let cursor = try? ViewCursor(frame.body), !frame.header.isDeflated else { return .nothing }
            return .cursor(cursor.point)
        case .challenge, .ready, .queue, .seated, .refused, .presence, .end, .answer:
            return try ControlArrival(kind, number: frame.header.session, body: frame.body).map { .control($0) }
                ?? .nothing
        case .consent, .hello, .welcome, .acknowledge, .watch, .keyframeRequest, .place, .login, .accept, .leave,
            .resync, .resume, .look, .ask:
            return .nothing
        }
    }

    private static func page(_ kind: FrameKind, _ frame: Frame) -> Meaning {
        var byteCount = frame.body.count
        let content: Result<PageFrame, PageProblem>
        do throws(PageProblem) {
            let body = try self.inflated(frame)
            byteCount = body.count
            content = .success(try self.pageFrame(kind, body))
        } catch {
            content = .failure(error)
        }
        let arrival = PageArrival(
            number: frame.header.session, sequence: frame.header.sequence, captureTime: frame.header.captureTime,
            isKeyframe: kind == .keyframe, content: content)
        return .page(arrival, byteCount: byteCount)
    }

    private static func inflated(_ frame: Frame) throws(PageProblem) -> [UInt8] {
        guard frame.header.isDeflated else { return frame.body }
        do throws(InflateError) {
            return try RawInflate.inflate(
                frame.body, byteCountMax: WireLimits.inflatedBytesMax, ratioMax: WireLimits.inflateRatioMax)
        } catch {
            switch error {
            case .tooLarge, .outOfMemory: throw .tooLarge
            case .malformed, .cutShort: throw .unreadable("not DEFLATE")
            }
        }
    }

    private static func pageFrame(_ kind: FrameKind, _ body: [UInt8]) throws(PageProblem) -> PageFrame {
        do throws(ViewError) {
            return switch kind {
            case .keyframe: .keyframe(try View(keyframe: body))
            case .delta: .delta(try ViewDelta(body))
            case .scroll: .scroll(try ViewScroll(body))
            case .press, .cursor, .consent, .hello, .welcome, .acknowledge, .watch, .keyframeRequest, .place, .end,
                .challenge, .login, .ready, .queue, .accept, .seated, .leave, .refused, .presence, .resync,
                .resume, .look, .ask, .answer:
                .press(try ViewPress(body))
            }
        } catch {
            throw .unreadable(error.rawValue)
        }
    }
}
