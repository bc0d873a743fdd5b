internal import Logging
internal import Metrics
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// Frames in, frames out: splitting messages, sequences of the control lane, the gathered write at the end of a turn.
extension Relay {
    /// Splits a message into frames. A message that is one frame becomes the shared frame without another copy.
    func receive(_ message: consuming FrameBuffer, on state: LinkState, now: Instant) {
        let count = message.count
        let first: FrameHeader
        do throws(WireError) {
            first = try Self.header(of: message, at: 0)
        } catch {
            return self.refuseFrame(state, CloseCode(error))
        }
        if first.frameByteCount == count {
            return self.receive(first, SharedFrame(adopting: message), on: state, now: now)
        }
        var frames: [(FrameHeader, SharedFrame)] = []
        var offset = 0
        while offset < count {
            do throws(WireError) {
                let header = try Self.header(of: message, at: offset)
                let frame = unsafe message.withBytes { bytes in
                    // In bounds: the header's parser has checked the body against the message.
                    unsafe SharedFrame(
                        copying: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + header.frameByteCount)]))
                }
                frames.append((header, frame))
                offset += header.frameByteCount
            } catch {
                return self.refuseFrame(state, CloseCode(error))
            }
        }
        for (header, frame) in frames where !state.isClosing {
            self.receive(header, frame, on: state, now: now)
        }
    }

    private static func header(of message: borrowing FrameBuffer, at offset: Int) throws(WireError) -> FrameHeader {
        let result: Result<FrameHeader, WireError> = unsafe message.withBytes { bytes in
            // The span lives as long as the pointer: inside this closure.
            let span = unsafe RawSpan(_unsafeBytes: bytes)
            do throws(WireError) {
                return .success(try FrameHeader(parsing: span, at: offset))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// One whole frame, with a header that parses.
    private func receive(_ header: FrameHeader, _ frame: SharedFrame, on state: LinkState, now: Instant) {
        self.noteReceived(frame)
        guard let kind = header.knownKind else {
            // Skipped; yet it has its place in its lane, and a flood of it is a flood.
            if header.lane == .control, !self.advanceControl(header, on: state) {
                return self.refuseFrame(state, .outOfOrder)
            }
            switch state.shopperSession {
            case .none, .asked: return
            case .own, .remote: return self.feed(header, frame, on: state, now: now)
            }
        }
        guard state.isShopper ? kind.isFromShopper : kind.isFromRep else { return self.refuseFrame(state, .wrongRole) }
        switch kind.lane {
        case .page, .cursor, .talk: self.feed(header, frame, on: state, now: now)
        case .control:
            guard self.advanceControl(header, on: state) else { return self.refuseFrame(state, .outOfOrder) }
            do throws(WireError) {
                try self.controlArrived(kind, header, Self.body(of: frame), on: state, now: now)
            } catch {
                self.refuseFrame(state, CloseCode(error))
            }
        }
    }

    /// A frame of the shopper's goes to its session, on this loop or another.
    private func feed(_ header: FrameHeader, _ frame: SharedFrame, on state: LinkState, now: Instant) {
        switch state.shopperSession {
        case .own(let entry): self.feed(header, frame, to: entry, now: now)
        case .remote(let remote):
            self.send(.uplink(session: remote.number, state.id, header, frame), to: remote.loop, now: now)
        case .none, .asked: self.refuseFrame(state, .malformed)
        }
    }

    private func advanceControl(_ header: FrameHeader, on state: LinkState) -> Bool {
        guard state.controlReceived < .max, header.sequence == state.controlReceived + 1 else { return false }
        state.controlReceived += 1
        return true
    }

    /// The body of a control or talk frame; they are never deflated.
    static func body(of frame: SharedFrame) -> [UInt8] {
        unsafe frame.withBytes { unsafe Array($0.dropFirst(FrameHeader.byteCount)) }
    }

    private func controlArrived(
        _ kind: FrameKind, _ header: FrameHeader, _ body: [UInt8], on state: LinkState, now: Instant
    ) throws(WireError) {
        switch state.side {
        case .shopper: try self.shopperControl(kind, body, on: state, now: now)
        case .rep: try self.repControl(kind, header, body, on: state, now: now)
        }
    }

    /// The peer's fault: counted, logged without content, and the link is closed.
    func refuseFrame(_ state: LinkState, _ code: CloseCode) {
        guard !state.isClosing else { return }
        self.metrics.frameRefused(code)
        self.recordRefusedFrame(state, code)
        self.logger.notice(
            "link closed: \(code.sentence)", metadata: ["link": "\(state.id)", "code": "\(code.rawValue)"])
        self.close(state, code)
    }

    /// Closes a link with a code of the table; what it still had pending goes out first.
    func close(_ state: LinkState, _ code: CloseCode) {
        guard !state.isClosing else { return }
        self.writeControl(state)
        state.isClosing = true
        self.endHandshake(state)
        if code == .loginRefused { self.loop.penaliseForLogin(state.id) }
        self.loop.close(state.id, code: code.rawValue, reason: "\(code.sentence)")
    }

    /// Queues a control frame for the end of the turn. A peer that lets too many wait is closed.
    func tell(_ state: LinkState, _ kind: FrameKind, session: UInt32 = 0, _ body: [UInt8]) {
        guard !state.isClosing else { return }
        state.controlSent += 1
        let frame = Frame(
            kind, session: session, sequence: state.controlSent, captureTime: SystemClock.wallMicroseconds(), body: body
        )
        let shared = SharedFrame(frame.bytes)
        guard state.pendingByteCount + shared.messageByteCount <= self.limits.controlPendingBytesMax else {
            return self.close(state, .tooSlow)
        }
        state.pending.append(shared)
        state.pendingByteCount += shared.messageByteCount
        self.markDirty(state)
    }

    /// The end of a turn: one gathered write a link, control first, then what is due for its seats. Sessions take turns
    /// (`FairRounds`); links that have only control to send come last.
    func writeWhatIsDue(now: Instant) {
        self.rounds.serveRound { outlet, credit in
            self.serve(outlet, credit: &credit, now: now)
        } over: { outlet in
            outlet.fanOut.turnEnded()
            self.setTimer(of: outlet)
        }
        self.recordWrites(now: now)
        guard self.areLinksDirty else { return }
        self.areLinksDirty = false
        for state in self.dirtyLinks where state.isDirty {
            state.isDirty = false
            self.writeControl(state)
        }
        self.dirtyLinks.removeAll(keepingCapacity: true)
    }

    private func setTimer(of outlet: Outlet) {
        if !outlet.isOver { self.timers.set(outlet.timer, outlet.nextDeadline) }
    }

    /// Serves the seats of one session here, one after the other, as far as the credit goes. True when seats are left.
    private func serve(_ outlet: Outlet, credit: inout Int, now: Instant) -> Bool {
        while credit > 0, let (seat, position, link) = unsafe outlet.nextPlace() {
            guard outlet.fanOut.hasDue(seat, near: position) else { continue }
            // Proof: the outlet's place holds the link, and nothing in a write takes a place away: the transport tells
            // of links in later turns.
            credit -= unsafe link._withUnsafeGuaranteedRef { self.write($0, seat, at: position, of: outlet, now: now) }
        }
        return outlet.unservedCount > 0
    }

    /// Writes to the link of a seat what is due for all its seats; answers what that cost. What is left although the
    /// link takes more is noted for the next turns. A link with one seat, which is nearly every one, is served without
    /// touching its list.
    private func write(
        _ state: LinkState, _ seat: SeatID, at position: Int, of outlet: Outlet, now: Instant
    ) -> Int {
        guard !state.isClosing else { return 0 }
        guard state.seatCount == 1 else { return self.writeAllSeats(of: state, now: now) }
        var gathering = Gathering()
        let canTakeMore = self.loop.write(state.id) { batch in
            guard self.appendControl(state, to: &batch) else { return }
            gathering = outlet.fanOut.gather(seat, near: position, now: now, into: &batch)
        }
        var handed = HandedOver()
        handed.add(gathering)
        self.noteWrite(handed, now: now)
        state.isDirty = false
        if !canTakeMore {
            self.noteBlocked(seat, of: outlet, now: now)
        } else if gathering.isMoreDue, gathering.frameCount > 0 {
            // A seat whose record is full is handed nothing, however often: it goes on when the record is written.
            self.wake(outlet)
        }
        return gathering.byteCount > 0 ? gathering.byteCount + self.limits.writeCostBytes : 0
    }

    private func writeAllSeats(of state: LinkState, now: Instant) -> Int {
        var handed = HandedOver()
        var more = false
        let canTakeMore = self.loop.write(state.id) { batch in
            guard self.appendControl(state, to: &batch) else { return }
            for held in state.heldSeats {
                let gathering = held.outlet.fanOut.gather(held.seat, now: now, into: &batch)
                more = gathering.isMoreDue || more
                handed.add(gathering)
            }
        }
        self.noteWrite(handed, now: now)
        state.isDirty = false
        if !canTakeMore {
            for held in state.heldSeats { self.noteBlocked(held.seat, of: held.outlet, now: now) }
        } else if more, handed.byteCount > 0 {
            for held in state.heldSeats where held.outlet.fanOut.hasDue(held.seat) { self.wake(held.outlet) }
        }
        return handed.byteCount > 0 ? handed.byteCount + self.limits.writeCostBytes : 0
    }

    private func writeControl(_ state: LinkState) {
        guard state.pendingByteCount > 0, !state.isClosing else { return }
        self.loop.write(state.id) { batch in _ = self.appendControl(state, to: &batch) }
    }

    /// Whether all of it was taken: then frames may follow.
    private func appendControl(_ state: LinkState, to batch: inout WriteBatch) -> Bool {
        guard state.pendingByteCount > 0 else { return true }
        var taken = 0
        for frame in state.pending {
            guard batch.append(frame) else { break }
            taken += 1
            state.pendingByteCount -= frame.messageByteCount
        }
        state.pending.removeFirst(taken)
        return state.pending.isEmpty
    }
}

extension LinkState {
    /// Whether a shopper is at the other end.
    var isShopper: Bool {
        if case .shopper = self.side { true } else { false }
    }
}

/// A batch of the transport takes a session's frames as they are.
extension WriteBatch: FrameSink {}
