import CLibwebsockets
import Glibc
package import Wire

/// The messages that one link gets at the end of a turn. Made by `LinkLoop.write` and gone with it.
@safe package struct WriteBatch: ~Copyable {
    // Proof: `LinkLoop.write` holds both for as long as the batch lives; counting them again would cost two references
    // a seat and turn.
    private let loop: Unmanaged<LinkLoop>
    private let link: Unmanaged<Link>

    init(_ loop: LinkLoop, _ link: Link) {
        unsafe self.loop = .passUnretained(loop)
        unsafe self.link = .passUnretained(link)
    }

    /// Takes one frame as one binary message. False: not taken, because the link is behind or gone; stop here, keep the
    /// place, and go on when `linkWritable` comes.
    package mutating func append(_ frame: SharedFrame) -> Bool {
        unsafe self.loop._withUnsafeGuaranteedRef { loop in
            unsafe self.link._withUnsafeGuaranteedRef { link in loop.append(frame, to: link) }
        }
    }

    /// What is appended from here up to `endBlock` is likely to go to other links as well.
    package mutating func beginBlock() {
        unsafe self.loop._withUnsafeGuaranteedRef { loop in
            loop.stretches.breakHere()
            loop.block.begin(at: loop.stretches.count)
        }
    }

    /// The name under which what was appended since `beginBlock` can be had again in this turn; 0: it is not kept,
    /// because some of it was sent already.
    package mutating func endBlock() -> UInt64 {
        unsafe self.loop._withUnsafeGuaranteedRef { loop in loop.block.end(at: loop.stretches.count) }
    }

    /// Takes the bytes that are kept under this name again, whole. False: nothing was taken.
    package mutating func append(block: UInt64) -> Bool {
        unsafe self.loop._withUnsafeGuaranteedRef { loop in
            unsafe self.link._withUnsafeGuaranteedRef { link in loop.append(block: block, to: link) }
        }
    }
}

/// Sending: whole messages, from the loop's thread, never beside a partial write and never after a close.
extension LinkLoop {
    /// Whether a write would be taken now.
    package func canWrite(_ link: LinkID) -> Bool {
        guard let link = self.table[link] else { return false }
        return self.canWrite(link)
    }

    /// Whether the link is open and still owes the socket a part of what was written.
    package func isBehind(_ link: LinkID) -> Bool {
        guard let link = self.table[link], link.isOpen else { return false }
        return !self.canWrite(link)
    }

    /// Asks for `linkWritable` as soon as the socket takes more. A link that is behind asks by itself. Asking costs
    /// system calls: write at the end of the turn instead wherever `canWrite`.
    package func requestWritable(_ link: LinkID) {
        guard let link = self.table[link], link.isOpen, let connection = unsafe link.connection else { return }
        link.wantsWritable = true
        _ = unsafe clws_ask_writable(connection)
    }

    /// Writes what `fill` appends, in order, in as few sends as there are: small messages gathered into one stretch,
    /// large ones straight from their shared frames. Returns whether the link can take more; false also when it could
    /// take nothing.
    @discardableResult
    package func write(_ link: LinkID, _ fill: (inout WriteBatch) -> Void) -> Bool {
        self.table.with(link) { link in
            guard self.canWrite(link) else { return false }
            precondition(self.writing == nil, "a write inside a write")
            self.writing = link.id
            var batch = WriteBatch(self, link)
            fill(&batch)
            self.flush(link)
            self.writing = nil
            return link.isOpen && link.behindSince == nil
        } ?? false
    }

    func canWrite(_ link: Link) -> Bool {
        guard link.isOpen, link.behindSince == nil, let connection = unsafe link.connection else { return false }
        guard unsafe clws_is_partial(connection) != 0 else { return true }
        // libwebsockets' own pong or close got stuck.
        self.fellBehind(link)
        return false
    }

    func append(_ frame: SharedFrame, to link: Link) -> Bool {
        guard link.isOpen, link.behindSince == nil else { return false }
        if link.isDialled { return self.appendMasked(frame, to: link) }
        let count = frame.messageByteCount
        let isLarge = count > Swift.min(self.limits.gatherFrameBytesMax, self.limits.gatherBytesMax)
        let bytesMax = isLarge ? self.limits.largeSendBytesMax : self.limits.gatherBytesMax
        if self.stretches.isFull(for: count, bytesMax: bytesMax) {
            self.flush(link)
            guard link.isOpen, link.behindSince == nil else { return false }
        }
        if isLarge {
            self.stretches.append(frame)
        } else {
            unsafe frame.withMessage { message in
                // Proof: a message has a header at least, so its bytes are somewhere.
                unsafe (self.gather + self.gatherCount).copyMemory(from: message.baseAddress!, byteCount: count)
            }
            unsafe self.stretches.append(self.gather + self.gatherCount, count: count)
            self.gatherCount += count
        }
        self.block.areaChanged()
        return true
    }

    /// Sends a block again, from where it lies. A dialled link needs a mask of its own.
    func append(block name: UInt64, to link: Link) -> Bool {
        guard name == self.block.name, name != 0, self.stretches.count == 0, link.isOpen, link.behindSince == nil,
            !link.isDialled
        else { return false }
        self.send(self.block.stretches, on: link)
        return true
    }

    /// Sends what is gathered.
    func flush(_ link: Link) {
        guard self.stretches.count > 0 else { return }
        let all = 0..<self.stretches.count
        self.gatherCount = 0
        self.stretches.sent()
        self.block.areaFlushed()
        self.send(all, on: link)
    }

    /// Sends gathered stretches in one system call; each by itself when TLS is in between.
    private func send(_ places: Range<Int>, on link: Link) {
        unsafe self.stretches.withParts(places) { parts in
            var sent = 0
            if link.socket >= 0 {
                self.counted.sends += 1
                sent = unsafe clws_send_parts(link.socket, parts.baseAddress, parts.count)
                guard sent >= 0 else { return self.cut(link, .lost) }
            }
            unsafe self.sendRest(parts, after: sent, on: link)
        }
    }

    /// What the socket did not take, in order, through libwebsockets, which keeps it.
    private func sendRest(_ parts: UnsafeBufferPointer<iovec>, after sent: Int, on link: Link) {
        var skipped = sent
        for index in parts.indices where link.isOpen {
            let bytes = unsafe UnsafeRawBufferPointer(start: parts[index].iov_base, count: parts[index].iov_len)
            let skip = Swift.min(skipped, bytes.count)
            skipped -= skip
            if skip < bytes.count { unsafe self.send(UnsafeRawBufferPointer(rebasing: bytes[skip...]), on: link) }
        }
    }

    /// One RAW write. What the socket does not take is copied by libwebsockets, and the link is behind.
    func send(_ bytes: UnsafeRawBufferPointer, on link: Link) {
        guard let connection = unsafe link.connection else { return }
        self.counted.sends += 1
        guard unsafe clws_write_raw(connection, bytes.baseAddress, bytes.count) >= 0 else {
            self.cut(link, .lost)
            return
        }
        if unsafe clws_is_partial(connection) != 0 {
            self.counted.partialSends += 1
            self.fellBehind(link)
        }
    }

    /// A control frame of at most 125 bytes. A dialled link's is masked with zeros: what we send there is no secret and
    /// too short to harm a cache (RFC 6455, 10.3).
    func sendControl(opcode: UInt8, _ payload: [UInt8], on link: Link) {
        let head: [UInt8] =
            link.isDialled
            ? [0x80 | opcode, 0x80 | UInt8(payload.count), 0, 0, 0, 0] : [0x80 | opcode, UInt8(payload.count)]
        let frame = head + payload
        unsafe frame.withUnsafeBytes { unsafe self.send($0, on: link) }
    }

    private func fellBehind(_ link: Link) {
        self.noteBehind(link)
        link.wantsWritable = true
    }

    /// A dialled link's message (RFC 6455, 5.2 and 5.3): a fresh mask for each, the payload copied because it is
    /// scrambled.
    private func appendMasked(_ frame: SharedFrame, to link: Link) -> Bool {
        let room = Self.maskedHeaderBytesMax + frame.byteCount
        if self.stretches.isFull(for: room, bytesMax: self.limits.gatherBytesMax) {
            self.flush(link)
            guard link.isOpen, link.behindSince == nil else { return false }
        }
        guard room <= self.limits.gatherBytesMax else {
            let whole = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 16)
            defer { unsafe whole.deallocate() }
            let count = unsafe Self.writeMasked(frame, to: whole)
            unsafe self.send(UnsafeRawBufferPointer(start: whole, count: count), on: link)
            return true
        }
        let start = unsafe self.gather + self.gatherCount
        let count = unsafe Self.writeMasked(frame, to: start)
        unsafe self.stretches.append(start, count: count)
        self.gatherCount += count
        self.block.forget()
        return true
    }

    /// Two bytes, eight of length, four of mask.
    private static var maskedHeaderBytesMax: Int { 14 }

    /// Returns the bytes written at `start`.
    private static func writeMasked(_ frame: SharedFrame, to start: UnsafeMutableRawPointer) -> Int {
        let count = frame.byteCount
        let lengthBytes = count < 126 ? 0 : count <= 0xFFFF ? 2 : 8
        let short: UInt8 = lengthBytes == 0 ? UInt8(count) : lengthBytes == 2 ? 126 : 127
        unsafe start.storeBytes(of: 0x82, as: UInt8.self)
        unsafe start.storeBytes(of: 0x80 | short, toByteOffset: 1, as: UInt8.self)
        for index in 0..<lengthBytes {
            let byte = UInt8(truncatingIfNeeded: count >> ((lengthBytes - 1 - index) * 8))
            unsafe start.storeBytes(of: byte, toByteOffset: 2 + index, as: UInt8.self)
        }
        var mask = UInt32.random(in: .min ... .max)
        let body = 2 + lengthBytes + 4
        unsafe start.storeBytes(of: mask, toByteOffset: body - 4, as: UInt32.self)
        unsafe frame.withBytes { bytes in
            for index in 0..<count {
                unsafe start.storeBytes(
                    of: bytes[index] ^ UInt8(truncatingIfNeeded: mask), toByteOffset: body + index, as: UInt8.self)
                mask = mask >> 8 | mask << 24
            }
        }
        return body + count
    }
}
