/// A timeline as events of rrweb (https://github.com/rrweb-io/rrweb, `packages/types`): what its player plays.
///
/// Kinds: 4 meta, 2 full snapshot, 3 incremental with source 0 mutation, 1 mouse move, 2 mouse interaction. Elements
/// are `div`s with text; nothing that could run or load.
package enum RRWebExport {
    /// The events, a JSON array. Times are milliseconds since 1970.
    package static func json(_ timeline: StageTimeline) -> String {
        var root = 0
        var events: [String] = []
        for event in timeline.events {
            let time = "\"timestamp\":\(event.at / 1_000)"
            switch event.what {
            case .page(let url, _, let width, let height, let node):
                root = node.id
                let meta = "{\"href\":\(ExportJSON.quoted(url)),\"width\":\(width),\"height\":\(height)}"
                events.append("{\"type\":4,\"data\":\(meta),\(time)}")
                events.append(
                    "{\"type\":2,\"data\":{\"node\":\(Self.document(node)),"
                        + "\"initialOffset\":{\"top\":0,\"left\":0}},\(time)}"
                )
            case .changes(let changes): events.append(Self.incremental(0, Self.mutation(changes), time))
            case .cursor(let x, let y):
                let place = "{\"x\":\(x),\"y\":\(y),\"id\":\(root),\"timeOffset\":0}"
                events.append(Self.incremental(1, "\"positions\":[\(place)]", time))
            case .cursorGone: break
            case .press(let x, let y, let what):
                let type = what == "up" ? 0 : what == "down" ? 1 : 2
                events.append(Self.incremental(2, "\"type\":\(type),\"id\":\(root),\"x\":\(x),\"y\":\(y)", time))
            }
        }
        return ExportJSON.list(events)
    }

    private static func incremental(_ source: Int, _ members: String, _ time: String) -> String {
        "{\"type\":3,\"data\":{\"source\":\(source),\(members)},\(time)}"
    }

    /// A document with the stage as its only content. Numbers below 10 are the document's own.
    private static func document(_ node: StageNode) -> String {
        let head = "{\"type\":2,\"tagName\":\"head\",\"attributes\":{},\"childNodes\":[],\"id\":4}"
        let body =
            "{\"type\":2,\"tagName\":\"body\",\"attributes\":{\"style\":\"margin:0\"},"
            + "\"childNodes\":[\(Self.element(node))],\"id\":5}"
        let html = "{\"type\":2,\"tagName\":\"html\",\"attributes\":{},\"childNodes\":[\(head),\(body)],\"id\":3}"
        let type = "{\"type\":1,\"name\":\"html\",\"publicId\":\"\",\"systemId\":\"\",\"id\":2}"
        return "{\"type\":0,\"childNodes\":[\(type),\(html)],\"id\":1}"
    }

    private static func element(_ node: StageNode, children: Bool = true) -> String {
        var parts: [String] = []
        if children {
            if let text = node.text {
                parts.append("{\"type\":3,\"textContent\":\(ExportJSON.quoted(text)),\"id\":\(node.id + 1)}")
            }
            parts += node.children.map { Self.element($0) }
        }
        return "{\"type\":2,\"tagName\":\"div\",\"attributes\":{\"style\":\(ExportJSON.quoted(node.css))},"
            + "\"childNodes\":\(ExportJSON.list(parts)),\"id\":\(node.id)}"
    }

    private static func mutation(_ changes: [StageChange]) -> String {
        var (removes, adds, attributes): ([String], [String], [String]) = ([], [], [])
        for change in changes {
            switch change {
            case .remove(let parent, let id): removes.append("{\"parentId\":\(parent),\"id\":\(id)}")
            case .add(let parent, let before, let node): Self.add(node, parent, before, to: &adds)
            case .style(let id, let css):
                attributes.append("{\"id\":\(id),\"attributes\":{\"style\":\(ExportJSON.quoted(css))}}")
            }
        }
        return "\"texts\":[],\"attributes\":\(ExportJSON.list(attributes)),\"removes\":\(ExportJSON.list(removes)),"
            + "\"adds\":\(ExportJSON.list(adds))"
    }

    /// As rrweb's recorder does, every node of an added subtree is an addition of its own.
    private static func add(_ node: StageNode, _ parent: Int, _ before: Int?, to adds: inout [String]) {
        let next = before.map { "\($0)" } ?? "null"
        adds.append("{\"parentId\":\(parent),\"nextId\":\(next),\"node\":\(Self.element(node, children: false))}")
        if let text = node.text {
            adds.append(
                "{\"parentId\":\(node.id),\"nextId\":null,"
                    + "\"node\":{\"type\":3,\"textContent\":\(ExportJSON.quoted(text)),\"id\":\(node.id + 1)}}"
            )
        }
        for (place, child) in node.children.enumerated().reversed() {
            Self.add(child, node.id, place + 1 < node.children.count ? node.children[place + 1].id : nil, to: &adds)
        }
    }
}
