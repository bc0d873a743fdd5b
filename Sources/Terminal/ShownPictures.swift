/// Which pictures the terminal shows as pixels, and what changes that.
///
/// A picture is shown while its cells are as they were when it was added: with anything drawn over it (the shopper's
/// cursor, a tint) it stays as it is, cells written over it show through, and it is sent again once they are as before.
struct ShownPictures: Equatable {
    /// Bytes of pictures in one frame at most: what a link of 1 Mbit/s takes in two seconds. Later ones stay as
    /// characters until the next frame.
    static let frameBytesMax = 262_144

    private struct Shown: Equatable {
        var picture: ScreenPicture
        /// Cells of it were written over.
        var isDamaged: Bool
    }

    /// By slot: a picture keeps its own while it is shown.
    private var slots = [Shown?](repeating: nil, count: ScreenPicture.countMax)

    var isEmpty: Bool { self.slots.allSatisfy { $0 == nil } }

    /// Forgets all: the terminal was erased.
    mutating func removeAll() {
        for slot in self.slots.indices { self.slots[slot] = nil }
    }

    /// The pictures of `screen` that have no pixels over the cells yet, and the slots whose pictures are to go.
    /// `shown` is what the cells show.
    mutating func changes(
        from shown: Screen, to screen: Screen, _ graphics: TerminalGraphics
    ) -> (drawn: [(slot: Int, picture: ScreenPicture)], gone: [(slot: Int, area: Rectangle)]) {
        let isIntact = screen.pictures.map {
            self.fits($0, in: screen) && screen.signature(of: $0.area) == $0.signature
        }
        var gone: [(slot: Int, area: Rectangle)] = []
        for (slot, held) in self.slots.enumerated() {
            guard let held else { continue }
            // Kitty's stand under the text but over its ground: what lies over one would not be seen.
            let isKept = zip(screen.pictures, isIntact).contains { $0 == held.picture && ($1 || graphics != .kitty) }
            if !isKept {
                gone.append((slot, held.picture.area))
                self.slots[slot] = nil
            } else if screen.signature(of: held.picture.area) != shown.signature(of: held.picture.area) {
                self.slots[slot]?.isDamaged = true
            }
        }
        var drawn: [(slot: Int, picture: ScreenPicture)] = []
        for (picture, isIntact) in zip(screen.pictures, isIntact) where isIntact {
            if let slot = self.slots.firstIndex(where: { $0?.picture == picture }) {
                if self.slots[slot]?.isDamaged == true, graphics != .kitty { drawn.append((slot, picture)) }
            } else if let slot = self.slots.firstIndex(where: { $0 == nil }) {
                drawn.append((slot, picture))
            }
        }
        return (drawn, gone)
    }

    /// Notes that a picture's pixels have been written.
    mutating func note(_ picture: ScreenPicture, slot: Int) {
        self.slots[slot] = Shown(picture: picture, isDamaged: false)
    }

    /// The slots in use.
    var used: [Int] { self.slots.indices.filter { self.slots[$0] != nil } }

    /// The cells of the pictures shown.
    var areas: [Rectangle] { self.slots.compactMap { $0?.picture.area } }

    /// Sixels that end in the last row would scroll the screen.
    private func fits(_ picture: ScreenPicture, in screen: Screen) -> Bool { picture.area.endRow < screen.rows }
}
