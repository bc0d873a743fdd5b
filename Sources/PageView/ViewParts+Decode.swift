import Wire

extension ViewPage {
    /// Reads the member `page`.
    static func decoded(_ value: JSONValue?) throws(ViewError) -> ViewPage {
        guard let value, case .object = value else { throw .malformed }
        return ViewPage(
            id: try ViewReader.integer(value["id"], in: 1...Int(UInt32.max)),
            url: try ViewReader.text(value["url"]),
            title: try ViewReader.text(value["title"]),
            language: value["language"] == nil ? nil : try ViewReader.text(value["language"]),
            tab: value["tab"] == nil ? nil : try ViewReader.integer(value["tab"], in: 1...Int(UInt32.max)),
            tabs: value["tabs"] == nil ? [] : try ViewTab.decodedList(value["tabs"]))
    }
}

extension ViewTab {
    /// Reads the member `tabs` of a page.
    static func decodedList(_ value: JSONValue?) throws(ViewError) -> [ViewTab] {
        var tabs: [ViewTab] = []
        for element in try ViewReader.array(value, atMost: ViewLimits.tabCountMax) {
            let elements = try ViewReader.array(element)
            tabs.append(
                ViewTab(
                    number: try ViewReader.integer(ViewReader.element(elements, 0), in: 1...Int(UInt32.max)),
                    title: try ViewReader.text(ViewReader.element(elements, 1)),
                    url: try ViewReader.text(ViewReader.element(elements, 2))))
        }
        return tabs
    }
}

extension ViewLayer {
    /// Reads the member `layers`: the document's flow is among them, ids differ, parents exist and no layer is its own
    /// ancestor.
    static func decodedList(_ value: JSONValue?) throws(ViewError) -> [ViewLayer] {
        var layers: [ViewLayer] = []
        for element in try ViewReader.array(value, atMost: ViewLimits.layerCountMax) {
            layers.append(try Self.decoded(element))
        }
        try Self.check(layers)
        return layers
    }

    private static func decoded(_ value: JSONValue) throws(ViewError) -> ViewLayer {
        let elements = try ViewReader.array(value)
        guard let kind = Kind(rawValue: try ViewReader.integer(ViewReader.element(elements, 2), in: 0...255)) else {
            throw .malformed
        }
        let percentage = elements.count > 9 ? try ViewReader.number(elements[9]) : 100
        guard percentage >= 0, percentage <= 100 else { throw .badNumber }
        return ViewLayer(
            id: try ViewReader.integer(ViewReader.element(elements, 0), in: 0...Int(UInt32.max)),
            parent: try ViewReader.integer(ViewReader.element(elements, 1), in: 0...Int(UInt32.max)),
            kind: kind,
            rect: try ViewReader.rect(elements, from: 3),
            scrollX: try ViewReader.coordinate(ViewReader.element(elements, 7)),
            scrollY: try ViewReader.coordinate(ViewReader.element(elements, 8)),
            opacity: percentage / 100)
    }

    private static func check(_ layers: [ViewLayer]) throws(ViewError) {
        var parents: [Int: Int] = [:]
        for layer in layers {
            guard (layer.id == 0) == (layer.kind == .flow) else { throw .malformed }
            guard parents.updateValue(layer.parent, forKey: layer.id) == nil else { throw .duplicateID }
        }
        guard parents[0] != nil else { throw .malformed }
        for layer in layers where layer.id != 0 {
            var ancestor = layer.parent
            var steps = 0
            while ancestor != 0 {
                guard let next = parents[ancestor] else { throw .unknownLayer }
                guard steps < layers.count else { throw .layerCycle }
                ancestor = next
                steps += 1
            }
        }
    }
}

extension ViewBlock {
    /// Reads the member `blocks`; the layers they name are checked where they are applied.
    static func decodedList(_ value: JSONValue?) throws(ViewError) -> [ViewBlock] {
        var blocks: [ViewBlock] = []
        var ids: Set<Int> = []
        var itemCount = 0
        for element in try ViewReader.array(value, atMost: ViewLimits.blockCountMax) {
            let block = try Self.decoded(element)
            guard ids.insert(block.id).inserted else { throw .duplicateID }
            itemCount += block.items.count
            guard itemCount <= ViewLimits.itemCountMax else { throw .tooMany }
            blocks.append(block)
        }
        return blocks
    }

    private static func decoded(_ value: JSONValue) throws(ViewError) -> ViewBlock {
        let elements = try ViewReader.array(value)
        var items: [ViewItem] = []
        for item in try ViewReader.array(ViewReader.element(elements, 4), atMost: ViewLimits.blockItemCountMax) {
            if let known = try ViewItem.decoded(item) {
                items.append(known)
            }
        }
        return ViewBlock(
            id: try ViewReader.integer(ViewReader.element(elements, 0), in: 1...Int(UInt32.max)),
            layer: try ViewReader.integer(ViewReader.element(elements, 1), in: 0...Int(UInt32.max)),
            x: try ViewReader.coordinate(ViewReader.element(elements, 2)),
            y: try ViewReader.coordinate(ViewReader.element(elements, 3)),
            items: items)
    }
}
