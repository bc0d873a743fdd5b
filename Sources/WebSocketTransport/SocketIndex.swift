/// Which link a descriptor belongs to. What is gone may stand here until the descriptor is used again: its name finds
/// nothing in the table. Eight bytes for each descriptor of the process; owned by the loop's thread.
struct SocketIndex {
    private var links: [LinkID] = []

    /// The link of a descriptor that was given to one; else a name that finds nothing.
    subscript(_ socket: Int32) -> LinkID {
        get {
            let place = Int(socket)
            return place >= 0 && place < self.links.count ? self.links[place] : .none
        }
        set {
            guard socket >= 0 else { return }
            while self.links.count <= Int(socket) { self.links.append(.none) }
            self.links[Int(socket)] = newValue
        }
    }
}
