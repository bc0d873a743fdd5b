package import Wire

/// What changed since the view before; members that are nil did not change.
package struct ViewDelta: Equatable, Sendable {
    /// A block's new place in its layer.
    package struct Move: Equatable, Sendable {
        package var block: Int
        package var x: Double
        package var y: Double
    }

    package var page: ViewPage?
    package var viewport: ViewSize?
    package var size: ViewSize?
    package var ground: ViewColour?
    package var layers: [ViewLayer]?
    package var reach: [ViewRect]?
    package var blocks: [ViewBlock]
    package var moves: [Move]
    package var order: [Int]?

    /// Reads the body of a delta; `bytes` are inflated already.
    package init(_ bytes: [UInt8]) throws(ViewError) {
        try self.init(ViewReader.value(bytes))
    }

    /// Reads the parsed body of a delta.
    package init(_ value: JSONValue) throws(ViewError) {
        guard case .object = value else { throw .malformed }
        self.page = value["page"] == nil ? nil : try ViewPage.decoded(value["page"])
        self.viewport = value["viewport"] == nil ? nil : try ViewReader.size(value["viewport"])
        self.size = value["size"] == nil ? nil : try ViewReader.size(value["size"])
        self.ground = value["ground"] == nil ? nil : try ViewReader.colour(value["ground"])
        self.layers = value["layers"] == nil ? nil : try ViewLayer.decodedList(value["layers"])
        self.reach = try ViewReader.reach(value["reach"])
        self.blocks = value["blocks"] == nil ? [] : try ViewBlock.decodedList(value["blocks"])
        self.moves = value["moves"] == nil ? [] : try Self.moves(value["moves"])
        self.order = value["order"] == nil ? nil : try Self.order(value["order"])
    }

    private static func moves(_ value: JSONValue?) throws(ViewError) -> [Move] {
        var moves: [Move] = []
        for element in try ViewReader.array(value, atMost: ViewLimits.blockCountMax) {
            let elements = try ViewReader.array(element)
            moves.append(
                Move(
                    block: try ViewReader.integer(ViewReader.element(elements, 0), in: 1...Int(UInt32.max)),
                    x: try ViewReader.coordinate(ViewReader.element(elements, 1)),
                    y: try ViewReader.coordinate(ViewReader.element(elements, 2))))
        }
        return moves
    }

    private static func order(_ value: JSONValue?) throws(ViewError) -> [Int] {
        var order: [Int] = []
        var seen: Set<Int> = []
        for element in try ViewReader.array(value, atMost: ViewLimits.blockCountMax) {
            let id = try ViewReader.integer(element, in: 1...Int(UInt32.max))
            guard seen.insert(id).inserted else { throw .duplicateID }
            order.append(id)
        }
        return order
    }
}
