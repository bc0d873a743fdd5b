import AuditCore
import AuditReplay
import AuditStore
import PageView
import Testing
import Wire

@testable import AuditExport

@Suite struct AuditExportTests {
    /// A stage that is told of changes and keeps its tree, as a browser does.
    private struct Tree {
        var root: StageNode

        mutating func apply(_ change: StageChange) {
            switch change {
            case .remove(_, let id): Self.walk(&self.root) { node in node.children.removeAll { $0.id == id } }
            case .style(let id, let css): Self.walk(&self.root) { if $0.id == id { $0.css = css } }
            case .add(let parent, let before, let child):
                Self.walk(&self.root) { node in
                    guard node.id == parent else { return }
                    let place = before.flatMap { id in node.children.firstIndex { $0.id == id } }
                    node.children.insert(child, at: place ?? node.children.count)
                }
            }
        }

        private static func walk(_ node: inout StageNode, _ visit: (inout StageNode) -> Void) {
            for place in node.children.indices { Self.walk(&node.children[place], visit) }
            visit(&node)
        }

        /// What is shown, without the numbers.
        static func shown(_ node: StageNode) -> String {
            "(\(node.css)|\(node.text ?? "")\(node.children.map { Self.shown($0) }.joined()))"
        }
    }

    private static func view(_ blocks: [(id: Int, x: Int, words: String)], scroll: Int = 0) throws -> View {
        let list = blocks.map { "[\($0.id),0,\($0.x),5,[[\"t\",0,0,9,9,\"\($0.words)\",255,0,9]]]" }
        let body =
            "{\"page\":{\"id\":1,\"url\":\"u\",\"title\":\"t\"},\"viewport\":[100,80],\"size\":[100,80],\"ground\":255,"
            + "\"layers\":[[0,0,0,0,0,100,80,0,\(scroll)]],\"blocks\":[\(list.joined(separator: ","))]}"
        return try View(keyframe: Array(body.utf8))
    }

    @Test func changesLeadToWhatTheViewShowsFromNothing() throws {
        let steps: [([(id: Int, x: Int, words: String)], Int)] = [
            ([(1, 0, "a"), (2, 10, "b")], 0), ([(1, 5, "a"), (2, 10, "b")], 0), ([(1, 5, "a"), (2, 10, "c")], 7),
            ([(2, 10, "c"), (1, 5, "a"), (3, 1, "d")], 7), ([(4, 0, "e"), (3, 1, "d")], 0), ([], 0),
            ([(5, 0, "f"), (6, 0, "g"), (7, 0, "h")], 1), ([(5, 0, "f"), (8, 0, "i"), (7, 2, "h")], 1),
        ]
        var stage = Stage()
        var tree = Tree(root: stage.begin(try Self.view(steps[0].0)))
        for (blocks, scroll) in steps.dropFirst() {
            let view = try Self.view(blocks, scroll: scroll)
            for change in stage.change(to: view) { tree.apply(change) }
            var fresh = Stage()
            #expect(Tree.shown(tree.root) == Tree.shown(fresh.begin(view)))
        }
    }

    @Test func whatAPageSaysNeverLeavesItsString() {
        let hostile = "</script><!--\u{2028}&\"\\"
        #expect(!ExportJSON.quoted(hostile).contains("<"))
        #expect(ExportJSON.quoted(hostile) == "\"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026\\\"\\\\\"")
        let html = HTMLExport.html(StageTimeline(ReplayTrack(all: [])), title: hostile)
        #expect(html.contains("<h1>&lt;/script&gt;&lt;!--"))
        #expect(html.contains("default-src 'none'"))
        #expect(RRWebExport.json(StageTimeline(ReplayTrack(all: []))) == "[]")
    }

    @Test func numbersHaveNoExponentAndColoursEightDigits() {
        #expect(
            [0, 1.5, -2.25, 1e12, -0.004, 7.09].map { StageCSS.number($0) } == [
                "0", "1.5", "-2.25", "1000000000", "0", "7.09",
            ])
        #expect(StageCSS.colour(ViewColour(rgba: 0x12)) == "#00000012")
    }

    @Test func aFrameThatDoesNotFollowIsLeftOut() throws {
        func frame(_ kind: FrameKind, _ sequence: UInt32, _ body: String) -> RecordedFrame {
            let frame = Frame(kind, session: 1, sequence: sequence, captureTime: 0, body: Array(body.utf8))
            return RecordedFrame(index: UInt64(sequence), arrival: UInt64(sequence), bytes: frame.bytes)
        }
        let page =
            "{\"page\":{\"id\":1,\"url\":\"u\",\"title\":\"t\"},\"viewport\":[9,9],\"size\":[9,9],\"ground\":1,"
            + "\"layers\":[[0,0,0,0,0,9,9,0,0]],\"blocks\":[]}"
        let block = "{\"blocks\":[[1,0,0,0,[[\"t\",0,0,9,9,\"x\",255,0,9]]]]}"
        let timeline = StageTimeline(
            ReplayTrack(all: [
                frame(.delta, 1, block), frame(.keyframe, 2, page), frame(.delta, 4, block), frame(.delta, 5, block),
                frame(.keyframe, 6, page), frame(.delta, 7, block),
            ]))
        #expect(timeline.events.map(\.at) == [2, 7])
    }

    @Test func syslogEscapesWhatEndsAValue() {
        let entry = AuditEntry(.loginAccepted(method: "sshsig"), by: .rep("a", key: nil), site: "x\"]\\y")
        let record = AuditRecord(
            entry, sequence: nil, at: AuditStamp(wall: 0, mono: 0), boot: BootID(high: 0, low: 0))
        let line = RecordExport.syslog(record, index: 3)
        #expect(
            line.hasPrefix(
                "<110>1 1970-01-01T00:00:00.000000Z - alongsided - A100I [alongside@32473 index=\"3\" "
                    + "event=\"login.accepted\" site=\"x\\\"\\]\\\\y\"] \u{FEFF}{\"v\":1,"))
        #expect(RecordExport.jsonLine(Array("{}".utf8)[...], index: 7) == Array("{\"index\":7,\"record\":{}}".utf8))
    }
}
