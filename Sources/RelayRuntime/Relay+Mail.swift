internal import Logging
internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// Between the loops: what one turn has for another loop goes there together; what it has for this loop is done at
/// once.
extension Relay {
    func name(_ link: LinkID) -> LinkName { LinkName(loop: self.parts.index, link: link) }

    func isOwn(_ name: LinkName) -> Bool { name.loop == self.parts.index }

    /// Sends to a loop: this one hears of it now, another at the end of the turn.
    func send(_ content: LoopMail.Content, to loop: Int, now: Instant) {
        guard loop != self.parts.index else { return self.receive(content, from: loop, now: now) }
        self.outgoing[loop].append(LoopMail(content: content, sender: self.parts.index))
        self.hasOutgoing = true
    }

    /// Asks the front desk, or tells it.
    func ask(_ question: DeskQuestion, now: Instant) {
        guard let desk = self.frontDesk else { return self.send(.ask(question), to: 0, now: now) }
        desk.answer(question, from: 0, now: now)
    }

    /// Tells the peer of a link of any loop something.
    func tell(_ name: LinkName, _ kind: FrameKind, session: UInt32 = 0, _ body: [UInt8], now: Instant) {
        if self.isOwn(name) {
            if let state = self.links[name.link] { self.tell(state, kind, session: session, body) }
        } else {
            self.send(.tell(name.link, kind, session: session, body: body), to: name.loop, now: now)
        }
    }

    func refuseWish(
        _ name: LinkName, _ kind: FrameKind, _ session: SessionID, _ why: RefusalReason, _ text: String, now: Instant
    ) {
        self.tell(name, .refused, Refused(what: kind, session: session, why: why, text: text).body(), now: now)
    }

    /// The end of a turn: one post and one wake for each loop that there is something for.
    func postMail(now: Instant) {
        guard self.hasOutgoing else { return }
        self.hasOutgoing = false
        for loop in self.outgoing.indices where !self.outgoing[loop].isEmpty {
            let lost = self.parts.mailboxes[loop].post(self.outgoing[loop])
            self.outgoing[loop].removeAll(keepingCapacity: true)
            if !lost.isEmpty { self.mend(lost, loop, now: now) }
        }
    }

    /// A loop does not keep up.
    private func mend(_ lost: LostMail, _ loop: Int, now: Instant) {
        self.logger.warning("a loop does not keep up", metadata: ["loop": "\(loop)"])
        for number in lost.sessions.sorted() {
            guard let entry = self.sessions[number],
                let place = entry.mirrors.firstIndex(where: { $0.loop == loop })
            else { continue }
            entry.mirrors[place].isBroken = true
            self.perform(on: entry, now: now) { core, outbox in core.keyframeWanted(now: now, into: &outbox) }
        }
        for link in lost.links.sorted(by: { $0.slot < $1.slot }) {
            if let state = self.links[link] { self.close(state, .overloaded) }
        }
    }

    /// Mail of a loop, or of this one.
    func receive(_ content: LoopMail.Content, from loop: Int, now: Instant) {
        switch content {
        case .tell(let link, let kind, let session, let body):
            self.tell(self.name(link), kind, session: session, body, now: now)
        case .close(let link, let code):
            if let state = self.links[link] { self.close(state, code) }
        case .adopted(let link, let remote): self.adopted(link, remote, now: now)
        case .replaced(let link): self.replaced(link)
        case .helloAnew(let link, let hello, let origin): self.ask(.hello(link, hello, origin: origin), now: now)
        case .loggedIn(let link, let rep): self.loggedIn(link, rep)
        case .begin(let link, let opening): self.begin(opening, on: link, now: now)
        case .mirrorBegan(let remote, let index): self.mirrorBegan(remote, index)
        case .frame(let number, let index, let kind, let frame):
            guard let entry = self.mirrors[number] else { return }
            self.perform(on: entry, now: now) { core, outbox in
                core.frameArrived(index, kind, frame, now: now, into: &outbox)
            }
        case .seated(let link, let seat, let number, let start, let wantsCursor, let body):
            self.seated(link, SeatID(seat), number, at: start, wantsCursor: wantsCursor, body, now: now)
        case .repReplaced(let link): self.repReplaced(link, now: now)
        case .mirrorEnded(let number, let isOver): self.mirrorEnded(number, isOver: isOver, now: now)
        case .resume(let number, let name, let hello, let origin, let token):
            self.resume(number, name, hello, origin, token, now: now)
        case .uplink(let number, let link, let header, let frame):
            self.uplink(number, LinkName(loop: loop, link: link), header, frame, now: now)
        case .shopperEnds(let number, let link):
            guard let entry = self.sessions[number], entry.shopper == LinkName(loop: loop, link: link) else { return }
            self.confirmToken(entry, now: now)
            self.end(entry, .shopper, now: now)
        case .shopperLost(let number, let link):
            guard let entry = self.sessions[number], entry.shopper == LinkName(loop: loop, link: link) else { return }
            self.shopperLost(entry, now: now)
        case .grantSeat(let number, let name, let grant): self.grantSeat(number, name, grant, now: now)
        case .seatLeft(let number, let seat, let link, let why):
            guard let entry = self.sessions[number],
                Self.holds(SeatID(seat), over: LinkName(loop: loop, link: link), entry)
            else { return }
            self.vacate(SeatID(seat), entry, why: why, now: now)
        case .seatLost(let number, let seat, let link):
            guard let entry = self.sessions[number] else { return }
            self.seatLost(SeatID(seat), LinkName(loop: loop, link: link), entry, now: now)
        case .seatGivenUp(let number, let login):
            if let entry = self.sessions[number] { self.seatGivenUp(login, entry, now: now) }
        case .repEnds(let number, let rep):
            guard let entry = self.sessions[number] else { return }
            entry.endedBy = SessionEntry.EndingRep(rep)
            self.end(entry, .rep, now: now)
        case .keyframeWanted(let number):
            guard let entry = self.sessions[number] else { return }
            self.perform(on: entry, now: now) { core, outbox in core.keyframeWanted(now: now, into: &outbox) }
        case .lookWanted(let number, let look):
            if let entry = self.sessions[number] { self.lookWanted(look, entry, now: now) }
        case .askWanted(let number, let seat, let link, let ask):
            guard let entry = self.sessions[number] else { return }
            self.askWanted(ask, SeatID(seat), LinkName(loop: loop, link: link), entry, now: now)
        case .answered(let number, let link, let answer):
            guard let entry = self.sessions[number], entry.shopper == LinkName(loop: loop, link: link) else { return }
            self.answered(answer, entry, now: now)
        case .mirrorClosed(let number): self.mirrorClosed(number)
        case .ticketRefused(let number):
            guard let entry = self.sessions[number] else { return }
            entry.hasTicket = false
            if let name = entry.shopper { self.send(.close(name.link, .overloaded), to: name.loop, now: now) }
        case .place(let number, let place):
            if let entry = self.sessions[number] { self.tellShopper(entry, .place, place.body(), now: now) }
        case .ask(let question): self.frontDesk?.answer(question, from: loop, now: now)
        }
    }
}
