import Wire

extension FuzzTarget {
    /// Reads the input as a message, as JSON and, when that is an object, as the body of every kind.
    static func wireFrames(_ input: [UInt8]) throws(BrokenPromise) {
        for offset in 0...min(input.count, FrameHeader.byteCount) {
            try Self.header(input, at: offset)
        }
        if let frames = try? Frame.all(in: input) {
            try promise("a message's frames are the message", frames.flatMap(\.bytes) == input)
            for frame in frames {
                if let kind = frame.header.knownKind { try Self.body(frame.body, of: kind) }
            }
        }
        guard let value = try? JSONValue(parsing: input) else { return }
        let again = try? JSONValue(parsing: value.bytes)
        try promise("JSON that was read is written and read again as the same", again == value)
        // What is no object is refused by all alike; the parser, the slow part, has had its turn.
        guard value.object != nil else { return }
        for kind in FrameKind.allCases {
            try Self.body(input, of: kind)
        }
    }

    private static func header(_ input: [UInt8], at offset: Int) throws(BrokenPromise) {
        // The view of the array's own bytes ends with this statement.
        guard let header = try? FrameHeader(parsing: unsafe input.span.bytes, at: offset) else { return }
        var bytes: [UInt8] = []
        header.encode(into: &bytes)
        try promise("a header's bytes are the header", input[offset...].starts(with: bytes))
        try promise("a header's frame lies inside its message", offset + header.frameByteCount <= input.count)
    }

    /// Every body that an end of the protocol takes apart; view bodies have their own target.
    private static func body(_ bytes: [UInt8], of kind: FrameKind) throws(BrokenPromise) {
        switch kind {
        case .keyframe, .delta, .scroll, .press, .cursor, .keyframeRequest, .resync: break
        case .resume: try Self.again(bytes, Resume.init(body:)) { $0.body() }
        case .consent: try Self.again(bytes, Consent.init(body:)) { $0.body() }
        case .hello: try Self.again(bytes, Hello.init(body:)) { $0.body() }
        case .welcome: try Self.again(bytes, Welcome.init(body:)) { $0.body() }
        case .acknowledge: try Self.again(bytes, Acknowledge.init(body:)) { $0.body() }
        case .watch: try Self.again(bytes, Watch.init(body:)) { $0.body() }
        case .place: try Self.again(bytes, Place.init(body:)) { $0.body() }
        case .end: try Self.again(bytes, End.init(body:)) { $0.body() }
        case .challenge: try Self.again(bytes, Challenge.init(body:)) { $0.body() }
        case .login: try Self.again(bytes, Login.init(body:)) { $0.body() }
        case .ready: try Self.again(bytes, Ready.init(body:)) { $0.body() }
        case .queue: try Self.queue(bytes)
        case .accept: try Self.again(bytes, Accept.init(body:)) { $0.body() }
        case .leave: try Self.again(bytes, Leave.init(body:)) { $0.body() }
        case .seated: try Self.again(bytes, Seated.init(body:)) { $0.body() }
        case .refused: try Self.again(bytes, Refused.init(body:)) { $0.body() }
        case .look: try Self.again(bytes, Look.init(body:)) { $0.body() }
        case .ask: try Self.again(bytes, Ask.init(body:)) { $0.body() }
        case .answer: try Self.again(bytes, Answer.init(body:)) { $0.body() }
        case .presence: try Self.again(bytes, Presence.init(body:)) { $0.body() }
        }
    }

    /// A queue is cut to what a body holds.
    private static func queue(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let queue = try? Queue(body: bytes) else { return }
        let body = queue.body()
        try promise("a queue's body keeps its limit", body.count <= WireLimits.controlBodyBytesMax)
        guard let again = try? Queue(body: body) else {
            throw BrokenPromise(description: "a queue that was written is read")
        }
        try promise("a queue keeps its first tickets", queue.tickets.starts(with: again.tickets))
    }

    private static func again<Body: Equatable>(
        _ bytes: [UInt8], _ read: ([UInt8]) throws(WireError) -> Body, _ write: (Body) -> [UInt8]
    ) throws(BrokenPromise) {
        guard let body = try? read(bytes) else { return }
        let again = try? read(write(body))
        try promise("a \(Body.self) that was read is written and read again as the same", again == body)
    }
}
