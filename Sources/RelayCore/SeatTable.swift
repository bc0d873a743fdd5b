/// The seats of one fan-out in the order in which they joined, each found by its name in constant time.
///
/// Names count up within a session, so that their low bits spread them evenly. Joining is amortised O(1), leaving O(n).
struct SeatTable {
    /// The seats by place. Only `add` and `remove` change how many there are and which stands where.
    var seats: [Seat] = []
    /// Open addressing with linear probing: a seat's place + 1 at its name's low bits or after them, 0 where nothing
    /// is. At most half full, so that a probe soon ends.
    private var index: [UInt32] = Array(repeating: 0, count: 8)

    /// Seats held now.
    var count: Int { self.seats.count }

    /// The place of a seat; nil when it is not here.
    func place(of id: SeatID) -> Int? {
        let mask = self.index.count - 1
        var probe = Int(id.number) & mask
        while true {
            let entry = self.index[probe]
            if entry == 0 { return nil }
            let place = Int(entry) - 1
            if self.seats[place].id == id { return place }
            probe = (probe + 1) & mask
        }
    }

    /// Adds a seat, which is not here yet.
    mutating func add(_ seat: Seat) {
        self.seats.append(seat)
        if self.seats.count * 2 > self.index.count {
            self.rebuild(size: self.index.count * 2)
        } else {
            self.note(self.seats.count - 1)
        }
    }

    /// Takes the seat at `place` out; the later ones move up.
    mutating func remove(at place: Int) -> Seat {
        let seat = self.seats.remove(at: place)
        self.rebuild(size: self.index.count)
        return seat
    }

    /// Takes all out.
    mutating func removeAll() {
        self.seats.removeAll()
        self.rebuild(size: 8)
    }

    private mutating func rebuild(size: Int) {
        self.index = Array(repeating: 0, count: size)
        for place in self.seats.indices { self.note(place) }
    }

    private mutating func note(_ place: Int) {
        let mask = self.index.count - 1
        var probe = Int(self.seats[place].id.number) & mask
        while self.index[probe] != 0 { probe = (probe + 1) & mask }
        self.index[probe] = UInt32(place + 1)
    }
}
