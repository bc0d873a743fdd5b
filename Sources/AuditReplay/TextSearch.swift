package import AuditStore
internal import PageReading
internal import PageView
internal import RepConsole
internal import Wire

/// Looks for words in what a recording shows.
package enum TextSearch {
    /// The number of the first frame after which the page shows `text`; letter case does not matter.
    package static func firstFrame(with text: String, in frames: [RecordedFrame]) -> UInt64? {
        var view: View?
        for recorded in frames {
            guard let frame = try? Frame.all(in: recorded.bytes).first,
                case .page(let arrival, _)? = try? FrameReading.meaning(of: frame),
                case .success(let content) = arrival.content
            else { continue }
            switch content {
            case .keyframe(let whole): view = whole
            case .delta(let delta): try? view?.apply(delta)
            // What scrolls into sight was sent before.
            case .scroll, .press: continue
            }
            if let shown = view, !shown.matches(of: text).isEmpty { return recorded.index }
        }
        return nil
    }
}
