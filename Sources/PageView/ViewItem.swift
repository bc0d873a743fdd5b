/// One painted thing of a block. Its rectangle is relative to the block's place.
package enum ViewItem: Equatable, Sendable {
    case box(ViewBox)
    case text(ViewText)
    case masked(ViewMasked)
    case image(ViewImage)
    indirect case control(ViewControl)

    /// Its place, relative to its block.
    package var rect: ViewRect {
        switch self {
        case .box(let box): box.rect
        case .text(let text): text.rect
        case .masked(let masked): masked.rect
        case .image(let image): image.rect
        case .control(let control): control.rect
        }
    }
}

/// One side of a border.
package struct ViewEdge: Equatable, Hashable, Sendable {
    /// In px.
    package var width: Double
    package var colour: ViewColour

    package init(width: Double, colour: ViewColour) {
        self.width = width
        self.colour = colour
    }

    /// Whether it shows.
    package var isPainted: Bool { self.width > 0 && !self.colour.isClear }

    package static let none = ViewEdge(width: 0, colour: .clear)
}

/// The four sides of a box or control.
package struct ViewBorder: Equatable, Hashable, Sendable {
    package var top: ViewEdge
    package var right: ViewEdge
    package var bottom: ViewEdge
    package var left: ViewEdge

    package init(top: ViewEdge, right: ViewEdge, bottom: ViewEdge, left: ViewEdge) {
        self.top = top
        self.right = right
        self.bottom = bottom
        self.left = left
    }

    /// Whether any side shows.
    package var isPainted: Bool {
        self.top.isPainted || self.right.isPainted || self.bottom.isPainted || self.left.isPainted
    }

    package static let none = ViewBorder(top: .none, right: .none, bottom: .none, left: .none)
}

/// A fill that runs from one colour to another.
package struct ViewGradient: Equatable, Sendable {
    /// The direction in degrees, as CSS counts them: 0 up, 90 to the right, 180 down.
    package var turn: Double
    package var first: ViewColour
    package var last: ViewColour
}

/// The colours of a picture, row by row.
package struct ViewColours: Equatable, Sendable {
    /// At least 1; `colours` is a multiple of it and not empty.
    package var columns: Int
    package var colours: [ViewColour]

    package var rows: Int { self.colours.count / self.columns }
}

/// A filled or bordered rectangle.
package struct ViewBox: Equatable, Sendable {
    package var rect: ViewRect
    package var fill: ViewColour
    package var border: ViewBorder
    /// Corner radius in px.
    package var radius: Double
    /// A blocked region: the site does not show what is there.
    package var isHatched: Bool
    /// What the fill really is, where it is no one colour.
    package var gradient: ViewGradient?
}

/// One visual line of text.
package struct ViewText: Equatable, Sendable {
    /// How the line is painted; the bits of `Protocol/view.md`.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let bold = Flags(rawValue: 1)
        package static let italic = Flags(rawValue: 2)
        package static let underline = Flags(rawValue: 4)
        package static let struck = Flags(rawValue: 8)
        package static let link = Flags(rawValue: 16)
        package static let centred = Flags(rawValue: 32)
        package static let rightAligned = Flags(rawValue: 64)
        /// The page cut the line and shows an ellipsis.
        package static let cutByPage = Flags(rawValue: 128)
        /// The words on a button.
        package static let label = Flags(rawValue: 256)
        /// One word that is read from right to left; its letters stand in reading order.
        package static let rightToLeft = Flags(rawValue: 512)
    }

    package var rect: ViewRect
    package var text: String
    package var colour: ViewColour
    package var flags: Flags
    /// Font size in px.
    package var size: Double
}

/// Text that is not sent: only its place and what kind it is.
package struct ViewMasked: Equatable, Sendable {
    /// Why it is not sent. A kind this program does not know is `private`.
    package enum Kind: String, Sendable, CaseIterable {
        case text, card, iban, email
        case `private`
    }

    package var rect: ViewRect
    package var kind: Kind
    package var colour: ViewColour
    /// Font size in px.
    package var size: Double
}

/// A picture, of which only the place, the words and some colours are known.
package struct ViewImage: Equatable, Sendable {
    /// What paints it. A kind this program does not know is `image`.
    package enum Kind: String, Sendable, CaseIterable {
        case image, svg, icon, canvas, video, frame
    }

    package var rect: ViewRect
    package var kind: Kind
    package var alternative: String
    /// The mean; clear when unknown.
    package var colour: ViewColour
    /// What it shows, as finely as it was sent; nil when unknown.
    package var colours: ViewColours?
    /// By which a finer picture is asked for; nil where the page cannot be asked.
    package var number: UInt32?
    /// Whether `colours` are those of a finer picture.
    package var isFine = false
}
