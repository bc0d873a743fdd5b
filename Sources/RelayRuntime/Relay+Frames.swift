internal import Logging
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
        guard let kind = header.knownKind else {
            // Skipped; yet it has its place in its lane, and a flood of it is a flood.
            if header.lane == .control, !self.advanceControl(header, on: state) {
                return self.refuseFrame(state, .outOfOrder)
            }
            if state.shopperSession != nil { self.feed(header, frame, on: state, now: now) }
            return
        }
        guard state.isShopper ? kind.isFromShopper : kind.isFromRep else { return self.refuseFrame(state, .wrongRole) }
        switch kind.lane {
        case .page, .cursor: self.feed(header, frame, on: state, now: now)
        case .talk: self.consentArrived(header, frame, on: state, now: now)
        case .control:
            guard self.advanceControl(header, on: state) else { return self.refuseFrame(state, .outOfOrder) }
            do throws(WireError) {
                try self.controlArrived(kind, header, Self.body(of: frame), on: state, now: now)
            } catch {
                self.refuseFrame(state, CloseCode(error))
            }
        }
    }

    /// A page or cursor frame goes to the session's core, which checks everything else.
    private func feed(_ header: FrameHeader, _ frame: SharedFrame, on state: LinkState, now: Instant) {
        guard let entry = state.shopperSession, entry.shopper == state.id else {
            return self.refuseFrame(state, .malformed)
        }
        self.confirmToken(entry)
        self.perform(on: entry, frame: frame, now: now) { core, outbox in
            core.frameReceived(header, frame, now: now, into: &outbox)
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
        self.refusedFrames[code, default: 0] += 1
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
        state.handshakeDue = nil
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

    /// The end of a turn: one gathered write a link, control first, then what is due for its seats.
    func writeWhatIsDue(now: Instant) {
        for entry in self.awakeSessions {
            entry.isAwake = false
            entry.core.turnEnded()
            for holder in entry.holders {
                if let state = self.links[holder.link] { self.markDirty(state) }
            }
        }
        self.awakeSessions.removeAll(keepingCapacity: true)
        var again: [LinkState] = []
        for link in self.dirtyLinks {
            guard let state = self.links[link] else { continue }
            state.isDirty = false
            if self.write(state, now: now) { again.append(state) }
        }
        self.dirtyLinks.removeAll(keepingCapacity: true)
        for state in again {
            self.markDirty(state)
            // More is due than one turn gives to one link: the others come first, this one in the next turn.
            self.loop.requestWritable(state.id)
        }
    }

    /// Writes to one link; true when more is due that the link would take.
    private func write(_ state: LinkState, now: Instant) -> Bool {
        guard !state.isClosing else { return false }
        var more = false
        let canTakeMore = self.loop.write(state.id) { batch in
            self.appendControl(state, to: &batch)
            for held in state.heldSeats where state.pending.isEmpty {
                more = held.entry.core.gather(held.seat, now: now, into: &batch) || more
            }
        }
        if !canTakeMore {
            for held in state.heldSeats { held.entry.core.blocked(held.seat, now: now) }
        }
        for held in state.heldSeats { self.note(deadline: held.entry.core.nextDeadline) }
        return more && canTakeMore
    }

    private func writeControl(_ state: LinkState) {
        guard !state.pending.isEmpty, !state.isClosing else { return }
        self.loop.write(state.id) { batch in self.appendControl(state, to: &batch) }
    }

    private func appendControl(_ state: LinkState, to batch: inout WriteBatch) {
        var taken = 0
        for frame in state.pending {
            guard batch.append(frame) else { break }
            taken += 1
            state.pendingByteCount -= frame.messageByteCount
        }
        state.pending.removeFirst(taken)
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
