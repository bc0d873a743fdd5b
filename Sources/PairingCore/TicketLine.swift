internal import Wire

/// Tickets in their order, kept sorted: finding a place costs O(log n), and what stands behind it is moved as plain
/// memory. Owned by the `Desk`.
struct TicketLine {
    private(set) var turns: [ServingTurn] = []

    /// Adds a ticket's turn, which is not here yet.
    mutating func insert(_ turn: ServingTurn) {
        self.turns.insert(turn, at: self.place(of: turn))
    }

    /// Takes a ticket's turn out.
    mutating func remove(_ turn: ServingTurn) {
        let place = self.place(of: turn)
        precondition(place < self.turns.count && self.turns[place] == turn, "a ticket stands where its turn says")
        self.turns.remove(at: place)
    }

    /// The place of the first turn that is not before `turn`.
    func place(of turn: ServingTurn) -> Int {
        var low = 0
        var high = self.turns.count
        while low < high {
            let middle = (low + high) / 2
            if self.turns[middle] < turn { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Desk {
    /// Keeps a ticket, new or changed, and moves it to where it now stands.
    mutating func keep(_ ticket: Ticket) {
        let turn = ticket.turn
        if let old = self.tickets.updateValue(ticket, forKey: ticket.request.session) {
            guard old.isWaiting != ticket.isWaiting || old.turn != turn else { return }
            self.takeOut(old)
        }
        if ticket.isWaiting { self.waiting.insert(turn) } else { self.live.insert(turn) }
    }

    /// Takes a ticket away; nil when there is none.
    mutating func forget(_ session: SessionID) -> Ticket? {
        guard let ticket = self.tickets.removeValue(forKey: session) else { return nil }
        self.takeOut(ticket)
        return ticket
    }

    private mutating func takeOut(_ ticket: Ticket) {
        if ticket.isWaiting { self.waiting.remove(ticket.turn) } else { self.live.remove(ticket.turn) }
    }

    /// Forgets what stands in front of `kept` and is kept no more.
    mutating func pruneKept() {
        let gone = self.kept.prefix { until, session in
            !(self.tickets[session]?.seats.contains { $0.keptUntil == until } ?? false)
        }
        self.kept.removeFirst(gone.count)
    }
}
