extension View {
    /// Applies a delta whole, or throws and changes nothing. Applying it twice is the same as once.
    ///
    /// Throws `unknownLayer` and `unknownBlock` where the delta does not fit this view, `tooMany` where the result
    /// were too large.
    package mutating func apply(_ delta: ViewDelta) throws(ViewError) {
        let layerIDs = Set((delta.layers ?? self.layers).map(\.id))
        guard delta.blocks.allSatisfy({ layerIDs.contains($0.layer) }) else { throw .unknownLayer }
        var blocks = self.blocks
        if delta.layers != nil {
            blocks.removeAll { !layerIDs.contains($0.layer) }
        }
        var places = Self.places(of: blocks)
        for block in delta.blocks {
            if let place = places[block.id] {
                blocks[place] = block
            } else {
                places[block.id] = blocks.count
                blocks.append(block)
            }
        }
        let ordered = delta.order.map { Set($0) }
        for move in delta.moves {
            guard let place = places[move.block], ordered?.contains(move.block) ?? true else { throw .unknownBlock }
            blocks[place].x = move.x
            blocks[place].y = move.y
        }
        if let order = delta.order {
            blocks = try Self.ordered(blocks, places, order)
        }
        let itemCount = blocks.reduce(0) { $0 + $1.items.count }
        guard blocks.count <= ViewLimits.blockCountMax, itemCount <= ViewLimits.itemCountMax else { throw .tooMany }
        self.blocks = blocks
        self.itemCount = itemCount
        self.replaceFacts(delta)
    }

    /// Moves layers' scroll places; unknown layers are ignored, a delta may have dropped them.
    package mutating func apply(_ scroll: ViewScroll) {
        for entry in scroll.entries {
            guard let place = self.layers.firstIndex(where: { $0.id == entry.layer }) else { continue }
            self.layers[place].scrollX = entry.scrollX
            self.layers[place].scrollY = entry.scrollY
        }
    }

    private mutating func replaceFacts(_ delta: ViewDelta) {
        self.page = delta.page ?? self.page
        self.viewport = delta.viewport ?? self.viewport
        self.size = delta.size ?? self.size
        self.ground = delta.ground ?? self.ground
        self.layers = delta.layers ?? self.layers
        self.reach = delta.reach ?? self.reach
    }

    private static func places(of blocks: [ViewBlock]) -> [Int: Int] {
        var places: [Int: Int] = [:]
        places.reserveCapacity(blocks.count)
        for (place, block) in blocks.enumerated() {
            places[block.id] = place
        }
        return places
    }

    private static func ordered(
        _ blocks: [ViewBlock], _ places: [Int: Int], _ order: [Int]
    ) throws(ViewError) -> [ViewBlock] {
        var result: [ViewBlock] = []
        result.reserveCapacity(order.count)
        for id in order {
            guard let place = places[id] else { throw .unknownBlock }
            result.append(blocks[place])
        }
        return result
    }
}
