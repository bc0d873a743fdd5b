/// The seats of one fan-out in the order in which they joined, each found by its name in constant time.
///
/// Names count up within a session, so that their low bits spread them evenly. Joining is amortised O(1), leaving O(n).
/// Owned by its fan-out. Seats stand behind a plain pointer, so that touching one of them checks no access: a session's
/// frames touch each of them several times. Nothing is allocated before the first seat: most sessions wait for one.
@safe final class SeatTable {
    private var seats: UnsafeMutablePointer<Seat>
    private var capacity = 0
    /// Seats held now, at the places below this number.
    private(set) var count = 0
    /// Open addressing with linear probing: a seat's place + 1 at its name's low bits or after them, 0 where nothing
    /// is. At most half full, so that a probe soon ends.
    private var index: UnsafeMutablePointer<UInt32>
    /// A power of two; 0 before the first seat.
    private var indexSize = 0

    init() {
        // Proof: an alignment is not 0. Neither is read or given back while it has room for nothing.
        unsafe self.seats = UnsafeMutablePointer(bitPattern: MemoryLayout<Seat>.alignment)!
        // Proof: the same.
        unsafe self.index = UnsafeMutablePointer(bitPattern: MemoryLayout<UInt32>.alignment)!
    }

    deinit {
        guard self.capacity > 0 else { return }
        unsafe self.seats.deinitialize(count: self.count)
        unsafe self.seats.deallocate()
        unsafe self.index.deallocate()
    }

    /// The seat at a place below `count`. Only `add` and `remove` change how many there are and which stands where.
    subscript(_ place: Int) -> Seat {
        _read {
            precondition(place >= 0 && place < self.count, "no seat stands there")
            yield unsafe self.seats[place]
        }
        _modify {
            precondition(place >= 0 && place < self.count, "no seat stands there")
            yield unsafe &self.seats[place]
        }
    }

    /// The places.
    var indices: Range<Int> { 0..<self.count }

    /// The place of a seat; nil when it is not here.
    func place(of id: SeatID) -> Int? {
        guard self.count > 0 else { return nil }
        let mask = self.indexSize - 1
        var probe = Int(id.number) & mask
        while true {
            let entry = unsafe self.index[probe]
            if entry == 0 { return nil }
            let place = Int(entry) - 1
            if self[place].id == id { return place }
            probe = (probe + 1) & mask
        }
    }

    /// The same, looked for first where its owner believes it to be.
    func place(of id: SeatID, near guess: Int) -> Int? {
        if guess >= 0, guess < self.count, self[guess].id == id { return guess }
        return self.place(of: id)
    }

    /// Adds a seat, which is not here yet.
    func add(_ seat: Seat) {
        if self.count == self.capacity { self.grow() }
        unsafe (self.seats + self.count).initialize(to: seat)
        self.count += 1
        if self.count * 2 > self.indexSize {
            self.rebuild(size: Swift.max(self.indexSize * 2, 8))
        } else {
            self.note(self.count - 1)
        }
    }

    /// Takes the seat at `place` out; the later ones move up.
    func remove(at place: Int) -> Seat {
        precondition(place >= 0 && place < self.count, "no seat stands there")
        let seat = unsafe (self.seats + place).move()
        self.count -= 1
        unsafe (self.seats + place).moveInitialize(from: self.seats + place + 1, count: self.count - place)
        self.rebuild(size: self.indexSize)
        return seat
    }

    /// Takes all out.
    func removeAll() {
        guard self.count > 0 else { return }
        unsafe self.seats.deinitialize(count: self.count)
        self.count = 0
        self.rebuild(size: 8)
    }

    private func grow() {
        let size = Swift.max(self.capacity * 2, 1)
        let larger = UnsafeMutablePointer<Seat>.allocate(capacity: size)
        unsafe larger.moveInitialize(from: self.seats, count: self.count)
        if self.capacity > 0 { unsafe self.seats.deallocate() }
        unsafe self.seats = larger
        self.capacity = size
    }

    private func rebuild(size: Int) {
        if size != self.indexSize {
            if self.indexSize > 0 { unsafe self.index.deallocate() }
            unsafe self.index = .allocate(capacity: size)
            self.indexSize = size
        }
        unsafe self.index.initialize(repeating: 0, count: size)
        for place in self.indices { self.note(place) }
    }

    private func note(_ place: Int) {
        let mask = self.indexSize - 1
        var probe = Int(self[place].id.number) & mask
        while unsafe self.index[probe] != 0 { probe = (probe + 1) & mask }
        unsafe self.index[probe] = UInt32(place + 1)
    }
}
