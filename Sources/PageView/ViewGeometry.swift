/// A point in CSS px.
package struct ViewPoint: Equatable, Hashable, Sendable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// A width and a height in CSS px, neither negative.
package struct ViewSize: Equatable, Hashable, Sendable {
    package var width: Double
    package var height: Double

    package init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }
}

/// A rectangle in CSS px; its sides are never negative.
package struct ViewRect: Equatable, Hashable, Sendable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = max(width, 0)
        self.height = max(height, 0)
    }

    package var right: Double { self.x + self.width }
    package var bottom: Double { self.y + self.height }
    package var midX: Double { self.x + self.width / 2 }
    package var midY: Double { self.y + self.height / 2 }
    package var isEmpty: Bool { self.width <= 0 || self.height <= 0 }

    /// Whether the point lies in it; the right and lower edges are outside.
    package func contains(_ point: ViewPoint) -> Bool {
        point.x >= self.x && point.x < self.right && point.y >= self.y && point.y < self.bottom
    }

    /// Whether `other` lies in it with at most `slack` px sticking out on any side.
    package func contains(_ other: ViewRect, slack: Double = 0) -> Bool {
        other.x >= self.x - slack && other.right <= self.right + slack && other.y >= self.y - slack
            && other.bottom <= self.bottom + slack
    }

    /// Whether both share more than an edge.
    package func intersects(_ other: ViewRect) -> Bool {
        self.x < other.right && other.x < self.right && self.y < other.bottom && other.y < self.bottom
    }

    /// What both share; empty when they do not meet.
    package func intersection(_ other: ViewRect) -> ViewRect {
        let x = max(self.x, other.x)
        let y = max(self.y, other.y)
        return ViewRect(
            x: x, y: y, width: min(self.right, other.right) - x, height: min(self.bottom, other.bottom) - y)
    }

    /// The same rectangle elsewhere.
    package func moved(x: Double, y: Double) -> ViewRect {
        ViewRect(x: self.x + x, y: self.y + y, width: self.width, height: self.height)
    }

    /// Larger than any page: the clip of what nothing clips.
    package static let everything = ViewRect(x: -1e9, y: -1e9, width: 2e9, height: 2e9)
}

/// A colour `0xRRGGBBAA`; one with alpha 0 paints nothing.
package struct ViewColour: Equatable, Hashable, Sendable {
    package var rgba: UInt32

    package init(rgba: UInt32) {
        self.rgba = rgba
    }

    /// `0xRRGGBB`.
    package var rgb: UInt32 { self.rgba >> 8 }
    /// 0 (nothing) to 255 (opaque).
    package var alpha: UInt8 { UInt8(truncatingIfNeeded: self.rgba) }
    package var isClear: Bool { self.alpha == 0 }
    package var isOpaque: Bool { self.alpha == 255 }

    package static let clear = ViewColour(rgba: 0)
}
