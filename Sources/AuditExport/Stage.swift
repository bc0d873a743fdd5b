internal import PageView

/// One rectangle of a stage: what a browser shows for a part of a view. Text is only ever text.
package struct StageNode: Equatable, Sendable {
    /// Even, from 10, never used twice in a timeline; its text has the next odd number.
    package let id: Int
    /// Style declarations of this program's own making: numbers, colours and words of its own, nothing from the page.
    package var css: String
    /// What stands in it; nil for a rectangle without words.
    package let text: String?
    /// What lies in it, lowest first.
    package var children: [StageNode]
}

/// One step from a stage to the next; removals come first, additions from the last sibling to the first.
package enum StageChange: Equatable, Sendable {
    case remove(parent: Int, id: Int)
    case add(parent: Int, before: Int?, StageNode)
    case style(id: Int, css: String)
}

/// A view as nested rectangles: the viewport, in it the layers, in them the blocks, in them the items. Remembers what
/// it showed last, so that only what changed is said again.
struct Stage {
    private struct Layer: Equatable {
        let layer: Int
        let clipID: Int
        let contentID: Int
        var clipCSS: String
        var contentCSS: String
        var blocks: [Block]
    }

    private struct Block: Equatable {
        let block: ViewBlock
        let node: StageNode
    }

    private var lastID = 8
    private var layers: [Layer] = []
    /// The node of the viewport; 0 before the first view.
    private(set) var root = 0

    private mutating func nextID() -> Int {
        self.lastID += 2
        return self.lastID
    }

    /// Shows a view from nothing, under numbers that were not used before.
    mutating func begin(_ view: View) -> StageNode {
        self.root = self.nextID()
        self.layers = []
        self.layers = self.layers(of: view)
        return StageNode(
            id: self.root, css: Self.viewportCSS(view), text: nil, children: self.layers.map { Self.node($0) })
    }

    /// Shows another view of the same page and viewport.
    mutating func change(to view: View) -> [StageChange] {
        let old = self.layers
        self.layers = self.layers(of: view)
        var changes: [StageChange] = []
        Self.reconcile(
            old.map(\.clipID), self.layers.map(\.clipID), parent: self.root,
            node: { Self.node(self.layers[$0]) }, into: &changes)
        for layer in self.layers {
            guard let before = old.first(where: { $0.clipID == layer.clipID }) else { continue }
            if before.clipCSS != layer.clipCSS { changes.append(.style(id: layer.clipID, css: layer.clipCSS)) }
            if before.contentCSS != layer.contentCSS {
                changes.append(.style(id: layer.contentID, css: layer.contentCSS))
            }
            Self.reconcile(
                before.blocks.map(\.node.id), layer.blocks.map(\.node.id), parent: layer.contentID,
                node: { layer.blocks[$0].node }, into: &changes)
            for block in layer.blocks {
                guard let was = before.blocks.first(where: { $0.node.id == block.node.id }),
                    was.node.css != block.node.css
                else { continue }
                changes.append(.style(id: block.node.id, css: block.node.css))
            }
        }
        return changes
    }

    /// What turns the children `old` into `new`. Where those that stay stand in another order all are made anew.
    private static func reconcile(
        _ old: [Int], _ new: [Int], parent: Int, node: (Int) -> StageNode, into changes: inout [StageChange]
    ) {
        let stays = Set(old).intersection(new)
        let isOrdered = old.filter { stays.contains($0) } == new.filter { stays.contains($0) }
        let kept = isOrdered ? stays : []
        for id in old where !kept.contains(id) { changes.append(.remove(parent: parent, id: id)) }
        for (place, id) in new.enumerated().reversed() where !kept.contains(id) {
            changes.append(
                .add(parent: parent, before: place + 1 < new.count ? new[place + 1] : nil, node(place)))
        }
    }

    private static func node(_ layer: Layer) -> StageNode {
        let content = StageNode(
            id: layer.contentID, css: layer.contentCSS, text: nil, children: layer.blocks.map(\.node))
        return StageNode(id: layer.clipID, css: layer.clipCSS, text: nil, children: [content])
    }

    private mutating func layers(of view: View) -> [Layer] {
        let places = view.placedLayers()
        var blocks: [Int: [ViewBlock]] = [:]
        for block in view.blocks { blocks[block.layer, default: []].append(block) }
        return view.layers.compactMap { layer in
            guard let place = places[layer.id] else { return nil }
            let before = self.layers.first { $0.layer == layer.id }
            let clip = place.clip.intersection(view.viewportRect)
            return Layer(
                layer: layer.id, clipID: before?.clipID ?? self.nextID(),
                contentID: before?.contentID ?? self.nextID(), clipCSS: Self.clipCSS(clip, opacity: place.opacity),
                contentCSS: StageCSS.place(x: place.origin.x - clip.x, y: place.origin.y - clip.y),
                blocks: (blocks[layer.id] ?? []).map { self.block($0, before) })
        }
    }

    /// The block's node: the one that was there where its items are the same, else a new one.
    private mutating func block(_ block: ViewBlock, _ layer: Layer?) -> Block {
        let css = StageCSS.place(x: block.x, y: block.y)
        if let before = layer?.blocks.first(where: { $0.block.id == block.id }), before.block.items == block.items {
            var node = before.node
            node.css = css
            return Block(block: block, node: node)
        }
        let id = self.nextID()
        let items = block.items.map { item in
            StageNode(id: self.nextID(), css: StageCSS.item(item), text: StageCSS.words(item), children: [])
        }
        return Block(block: block, node: StageNode(id: id, css: css, text: nil, children: items))
    }

    private static func viewportCSS(_ view: View) -> String {
        let ground = view.ground.isClear ? "#ffffffff" : StageCSS.colour(view.ground)
        return "position:relative;overflow:hidden;width:\(StageCSS.number(view.viewport.width))px;"
            + "height:\(StageCSS.number(view.viewport.height))px;background:\(ground);"
            + "font-family:Arial,Helvetica,sans-serif"
    }

    private static func clipCSS(_ clip: ViewRect, opacity: Double) -> String {
        StageCSS.rect(clip) + ";overflow:hidden" + (opacity < 1 ? ";opacity:\(StageCSS.number(opacity * 100))%" : "")
    }
}
