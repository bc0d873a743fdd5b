package import Wire

extension View {
    /// Reads the body of a keyframe; `bytes` are inflated already.
    package init(keyframe bytes: [UInt8]) throws(ViewError) {
        try self.init(keyframe: ViewReader.value(bytes))
    }

    /// Reads the parsed body of a keyframe.
    package init(keyframe value: JSONValue) throws(ViewError) {
        let layers = try ViewLayer.decodedList(value["layers"])
        let blocks = try ViewBlock.decodedList(value["blocks"])
        let layerIDs = Set(layers.map(\.id))
        guard blocks.allSatisfy({ layerIDs.contains($0.layer) }) else { throw .unknownLayer }
        self.init(
            page: try ViewPage.decoded(value["page"]),
            viewport: try ViewReader.size(value["viewport"]),
            size: try ViewReader.size(value["size"]),
            ground: try ViewReader.colour(value["ground"]),
            layers: layers, blocks: blocks,
            itemCount: blocks.reduce(0) { $0 + $1.items.count },
            reach: try ViewReader.reach(value["reach"]) ?? [])
    }
}
