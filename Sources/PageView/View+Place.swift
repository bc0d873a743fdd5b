/// One item where it is painted in the viewport.
package struct PlacedItem: Sendable {
    package var item: ViewItem
    /// In px of the viewport.
    package var rect: ViewRect
    /// What of the viewport it may paint in.
    package var clip: ViewRect
    /// 0 to 1, of its layer and that layer's ancestors.
    package var opacity: Double
    /// The id of its block, and its place among that block's items.
    package var block: Int
    package var index: Int
    /// The id of its layer.
    package var layer: Int

    /// The part of `rect` that is painted.
    package var visible: ViewRect { self.rect.intersection(self.clip) }
}

/// Where a layer's content stands in the viewport.
package struct PlacedLayer: Equatable, Sendable {
    /// The viewport place of the content's origin.
    package var origin: ViewPoint
    package var clip: ViewRect
    package var opacity: Double
}

extension View {
    /// The viewport as a rectangle of its own px.
    package var viewportRect: ViewRect {
        ViewRect(x: 0, y: 0, width: self.viewport.width, height: self.viewport.height)
    }

    /// Where the layers stand, by id.
    package func placedLayers() -> [Int: PlacedLayer] {
        var layers: [Int: ViewLayer] = [:]
        for layer in self.layers {
            layers[layer.id] = layer
        }
        var placed: [Int: PlacedLayer] = [:]
        for layer in self.layers {
            _ = Self.place(layer.id, layers, &placed)
        }
        return placed
    }

    /// Layers have no cycles (`ViewLayer.decodedList`), so this ends.
    private static func place(
        _ id: Int, _ layers: [Int: ViewLayer], _ placed: inout [Int: PlacedLayer]
    ) -> PlacedLayer {
        if let known = placed[id] {
            return known
        }
        var result = PlacedLayer(origin: ViewPoint(x: 0, y: 0), clip: .everything, opacity: 1)
        guard let layer = layers[id] else { return result }
        switch layer.kind {
        case .flow:
            result.origin = ViewPoint(x: -layer.scrollX, y: -layer.scrollY)
            result.opacity = layer.opacity
        case .fixed:
            result.origin = ViewPoint(x: layer.rect.x, y: layer.rect.y)
            result.opacity = layer.opacity * Self.place(layer.parent, layers, &placed).opacity
        case .top:
            result.origin = ViewPoint(x: layer.rect.x - layer.scrollX, y: layer.rect.y - layer.scrollY)
            result.clip = layer.rect
            result.opacity = layer.opacity
        case .scroller, .raised:
            let parent = Self.place(layer.parent, layers, &placed)
            let box = layer.rect.moved(x: parent.origin.x, y: parent.origin.y)
            result.origin = ViewPoint(x: box.x - layer.scrollX, y: box.y - layer.scrollY)
            result.clip = layer.kind == .scroller ? parent.clip.intersection(box) : parent.clip
            result.opacity = layer.opacity * parent.opacity
        }
        placed[id] = result
        return result
    }

    /// All items that paint in `region` (px of the viewport), in paint order: layer by layer, block by block, item by
    /// item.
    package func placedItems(in region: ViewRect) -> [PlacedItem] {
        let layers = self.placedLayers()
        var blocksOfLayer: [Int: [Int]] = [:]
        for (place, block) in self.blocks.enumerated() {
            blocksOfLayer[block.layer, default: []].append(place)
        }
        var result: [PlacedItem] = []
        for layer in self.layers {
            guard let place = layers[layer.id], place.opacity > 0, place.clip.intersects(region) else { continue }
            for block in blocksOfLayer[layer.id] ?? [] {
                Self.append(self.blocks[block], at: place, in: region, to: &result)
            }
        }
        return result
    }

    private static func append(
        _ block: ViewBlock, at layer: PlacedLayer, in region: ViewRect, to result: inout [PlacedItem]
    ) {
        for (index, item) in block.items.enumerated() {
            let rect = item.rect.moved(x: layer.origin.x + block.x, y: layer.origin.y + block.y)
            guard rect.right >= region.x, rect.x <= region.right, rect.bottom >= region.y, rect.y <= region.bottom,
                rect.right >= layer.clip.x, rect.x <= layer.clip.right, rect.bottom >= layer.clip.y,
                rect.y <= layer.clip.bottom
            else { continue }
            result.append(
                PlacedItem(
                    item: item, rect: rect, clip: layer.clip, opacity: layer.opacity, block: block.id, index: index,
                    layer: block.layer))
        }
    }
}
