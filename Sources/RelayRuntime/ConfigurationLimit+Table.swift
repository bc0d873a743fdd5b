internal import PairingCore
internal import RelayCore
internal import WebSocketTransport
internal import Wire

/// Everything that an operator may set, in the order of the example configuration, which a test holds against it.
extension ConfigurationLimit {
    /// All keys. What is in no row belongs to the format, which both ends must share, or to the order of service.
    package static let all: [ConfigurationLimit] =
        Self.session + Self.shopper + Self.desk + Self.daemon + Self.loops + Self.links + Self.door
        + Self.sockets

    private static let session: [ConfigurationLimit] = [
        .number(
            "ring_bytes_max", \.session.ringBytesMax, 2 << 20...256 << 20,
            "What a session remembers: a minute of a busy page; never less than one largest frame."),
        .number(
            "ring_frame_count_max", \.session.ringFrameCountMax, 64...1 << 20,
            "The same in frames: a minute of cursor at 30 Hz and deltas at 20 Hz."),
        .number(
            "seat_count_max", \.session.seatCountMax, 1...1024,
            "Seats of a session: reps, a supervisor, trainees; each costs a write a turn."),
        .number(
            "seat_behind_bytes_max", \.session.seatBehindBytesMax, 64 << 10...256 << 20,
            "A seat whose link stalls is resynced past this: a keyframe costs less than this much history."),
        .milliseconds(
            "seat_behind_milliseconds_max", \.session.seatBehindDurationMax, 100...60_000,
            "The same in time: what a person notices as frozen."),
        .seconds(
            "seat_stalled_seconds_max", \.session.seatStalledDurationMax, 1...600,
            "A seat whose link takes nothing for this long is closed; it does better to come back anew."),
        .milliseconds(
            "keyframe_request_milliseconds_min", \.session.keyframeRequestIntervalMin, 50...60_000,
            "Between two keyframes asked of one shopper, whose browser spends some milliseconds on each."),
        .milliseconds(
            "keyframe_answer_milliseconds_max", \.session.keyframeAnswerDurationMax, 500...60_000,
            "A keyframe that has not come by then is asked for again."),
        .seconds(
            "resume_seconds_max", \.session.resumeDurationMax, 5...3600,
            "A session waits this long for its shopper: a slow page, a lift, a payment page."),
        .seconds(
            "lost_seat_watch_seconds_max", \.session.lostSeatWatchDurationMax, 1...600,
            "The page is captured on for a rep whose link died for this long: a lost network is back by then."),
        .milliseconds(
            "sent_record_milliseconds_max", \.session.sentRecordInterval, 100...10_000,
            "The audit log learns within this time what each seat was sent."),
        .number(
            "sent_range_count_max", \.session.sentRangeCountMax, 8...256,
            "Ranges of sent frames in one record; it goes out early when they fill up."),
        .number(
            "seat_turn_bytes_max", \.session.gatherBytesMax, 16 << 10...4 << 20,
            "What one turn hands to one seat before the others have theirs."),
    ]

    private static let shopper: [ConfigurationLimit] = [
        .number(
            "shopper_bytes_per_second_max", \.session.shopperRateBytesMax, 16 << 10...4 << 30,
            "A dense page every half second stays under it."),
        .number(
            "shopper_burst_bytes_max", \.session.shopperBurstBytesMax, 2 << 20...4 << 30,
            "At once: some largest keyframes in a row; never less than one."),
        .number(
            "shopper_frames_per_second_max", \.session.shopperRateFramesMax, 10...10_000_000,
            "Cursor at 30 Hz, deltas at 20 Hz, scrolls at 60 Hz, and room."),
        .number(
            "shopper_burst_frame_count_max", \.session.shopperBurstFramesMax, 10...10_000_000,
            "At once: a page that just woke up."),
    ]

    private static let desk: [ConfigurationLimit] = [
        .number(
            "session_count_max", \.pairing.sessionCountMax, 1...50_000,
            "Sessions of the daemon; each may fill its ring."),
        .number(
            "rep_count_max", \.pairing.repCountMax, 1...10_000, "Reps logged in at once; each is told of the queue."),
        .number("seats_per_rep_max", \.seatsPerRepMax, 1...1024, "Sessions that one rep follows at once."),
        .number(
            "asks_per_minute_max", \.asksPerMinuteMax, 1...600,
            "What one seat may ask of the shopper's page, another tab or a finer picture, in any minute."),
        .number(
            "listing_count_max", \.pairing.listingCountMax, 1...1000,
            "Tickets in one listing: more than a rep reads."),
        .seconds(
            "seat_grace_seconds_max", \.pairing.seatGraceDurationMax, 1...3600,
            "A rep whose link died keeps the ticket for this long."),
        .number(
            "rep_token_count_max", \.pairing.repTokenCountMax, 16...100_000,
            "Logins that may come back without the key: reps who are there, and who were within that time."),
        .milliseconds(
            "queue_tell_milliseconds_min", \.pairing.tellIntervalMin, 10...10_000,
            "Changes of the queue within this time are told once."),
    ]

    private static let daemon: [ConfigurationLimit] = [
        .seconds("hello_seconds_max", \.helloDurationMax, 1...60, "From a shopper's upgrade to its hello."),
        .seconds(
            "login_seconds_max", \.pairing.loginDurationMax, 5...600,
            "From the challenge to the login: a touch on a hardware key takes a while."),
        .number(
            "login_queue_count_max", \.loginQueueMax, 1...4096,
            "Signatures that wait to be checked, all links together."),
        .number(
            "challenge_count_max", \.pairing.challengeCountMax, 1...100_000,
            "Rep links between challenge and verdict."),
        .number(
            "login_failure_count_max", \.pairing.loginFailureBurst, 1...1000,
            "Failed logins of one address before it has to wait."),
        .seconds(
            "login_forgive_seconds", \.pairing.loginForgiveDuration, 1...3600,
            "One failure is forgiven after this time."),
        .number(
            "login_address_count_max", \.pairing.loginAddressCountMax, 16...1 << 20,
            "Addresses remembered for failures; the one forgiven soonest makes room."),
        .number(
            "control_pending_bytes_max", \.controlPendingBytesMax, 128 << 10...16 << 20,
            "Control bytes that wait for one link: two of the largest bodies at least."),
        .seconds(
            "drain_seconds_max", \.drainDurationMax, 1...40,
            "Links have this long to take their close frames at a stop; systemd's patience is 45 s."),
        .seconds(
            "unrecorded_seconds_max", \.unrecordedDurationMax, 0...7200,
            "Sessions go on unrecorded under deny-new for this long after the log has failed."),
    ]

    private static let loops: [ConfigurationLimit] = [
        .number(
            "turn_bytes_max", \.turnBytesMax, 64 << 10...64 << 20,
            "What one session may spend in one turn of its loop while others wait: two gatherings."),
        .number(
            "write_cost_bytes", \.writeCostBytes, 0...64 << 10,
            "What a write costs in that besides its bytes: a system call costs more than copying 4 kB."),
        .number(
            "loop_mail_count_max", \.loopMailCountMax, 1024...1 << 24,
            "Mail of other loops that waits for one loop: some seconds of a busy daemon."),
        .number(
            "loop_mail_bytes_max", \.loopMailBytesMax, 4 << 20...1 << 30, "Bytes of it: four largest rings."),
    ]

    private static let links: [ConfigurationLimit] = [
        .number("link_count_max", \.linkCountMax, 1...100_000, "Links of the daemon, handshakes included."),
        .number(
            "links_per_address_max", \.linksPerAddressMax, 1...100_000,
            "Links of one IPv4 address or IPv6 /64: a household or a small office; more for a proxy."),
        .number(
            "accept_count_max", \.transport.acceptBurstMax, 1...1024,
            "Connections accepted before the loop looks at its links again."),
        .number(
            "accept_secure_count_max", \.transport.secureAcceptBurstMax, 1...1024,
            "TLS handshakes begun in a turn. Each is a signature: 0.1 ms with P-256, 1 ms with RSA."),
        .number(
            "accept_secure_percentage_max", \.transport.secureAcceptPercentageMax, 1...100,
            "Of a loop's time, what TLS handshakes may take beside open links."),
        .number(
            "accept_secure_storm_percentage_max", \.transport.secureStormPercentageMax, 1...100,
            "The same while many handshakes come to nothing."),
        .number(
            "accept_secure_unfinished_count_max", \.transport.secureUnfinishedCountMax, 1...10_000,
            "Handshakes without a request from which on that is a storm: as many are forgiven in a handshake's time."),
        .milliseconds(
            "second_hello_milliseconds_min", \.transport.secondHelloInterval, 0...10_000,
            "Between two second ClientHellos, each a signature that waits in no queue; browsers send none."),
        .number(
            "handover_count_max", \.transport.handoverCountMax, 1...4096,
            "Connections that one loop accepted for another, which has not taken them yet."),
        .milliseconds(
            "accept_pause_milliseconds_min", \.transport.acceptPauseMin, 10...10_000,
            "Pause after accepting failed for want of descriptors; doubled up to the maximum."),
        .milliseconds(
            "accept_pause_milliseconds_max", \.transport.acceptPauseMax, 10...60_000, "The longest such pause."),
        .number(
            "handshake_seconds_max", \.transport.handshakeSeconds, 1...60,
            "From accepting to the end of the WebSocket handshake."),
        .number(
            "header_bytes_max", \.transport.headerBytesMax, 2 << 10...32 << 10,
            "All headers of a request: browsers with many cookies stay below it."),
        .number(
            "header_value_bytes_max", \.transport.headerValueBytesMax, 64...512,
            "An Origin past it is refused, a User-Agent or Host is cut."),
        .number(
            "fragments_per_message_max", \.transport.fragmentsPerMessageMax, 16...65_536,
            "Stops a message of endless empty fragments."),
        .seconds(
            "message_seconds_max", \.transport.messageDurationMax, 1...3600,
            "From the first piece of a message to its last: the largest over 200 kbit/s."),
        .number(
            "control_bytes_per_second_max", \.transport.controlBytesPerSecondMax, 131...1 << 20,
            "Control frames of a link: ten of the largest, far above what answering pings takes."),
        .number(
            "control_burst_bytes_max", \.transport.controlBytesBurstMax, 1 << 10...16 << 20,
            "At once, before the link is closed."),
        .seconds(
            "ping_seconds", \.transport.pingInterval, 1...3600, "A link that was silent for this long is pinged."),
        .seconds(
            "hang_up_seconds", \.transport.hangUpInterval, 2...7200, "A link that was silent for this long is lost."),
        .seconds(
            "send_stall_seconds_max", \.transport.sendStallMax, 1...3600,
            "Bytes in a socket that drain no further for this long lose their link."),
        .seconds(
            "close_wait_seconds_max", \.transport.closeWaitMax, 1...60, "The longest wait for a link to take our close."
        ),
        .number(
            "http_stall_seconds_max", \.transport.httpStallSeconds, 1...600,
            "The longest that a reader of an HTTP response may stand still."),
    ]

    private static let door: [ConfigurationLimit] = [
        .number(
            "starting_count_free", \.transport.startingCountFree, 1...100_000,
            "Connections within their handshake, all addresses together, of which none is dropped."),
        .number(
            "starting_drop_percentage", \.transport.startingDropPercentage, 0...100,
            "From there on so many are dropped at random, and more with each, so that a flood leaves others a way in."),
        .number(
            "starting_count_max", \.transport.startingCountMax, 1...100_000,
            "From here on all are dropped."),
        .seconds(
            "penalty_tolerance_seconds_max", \.transport.penaltyToleranceMax, 1...3600,
            "An address that owes more is refused: a bad request costs 1 s, a bad login 2 s, a late handshake 10 s."),
        .seconds(
            "penalty_seconds_max", \.transport.penaltyDurationMax, 1...86_400, "The most that penalties add up to."),
        .number(
            "penalty_count_max", \.transport.penaltyCountMax, 16...1 << 20,
            "Addresses remembered for penalties, about 400 kB; the one forgiven soonest makes room."),
    ]

    private static let sockets: [ConfigurationLimit] = [
        .number(
            "receive_bytes", \.transport.receiveBytes, 4 << 10...256 << 10,
            "One read from a socket: for so much, small frames of one link hold up the others."
        ),
        .number(
            "small_receive_bytes", \.transport.smallReceiveBytes, 512...4 << 10,
            "The same for rep links, which send little."),
        .number(
            "send_bytes", \.transport.sendBytes, 16 << 10...4 << 20,
            "One send; what is longer is copied and waits for the socket."),
        .number(
            "socket_send_bytes", \.transport.socketSendBytes, 16 << 10...8 << 20,
            "SO_SNDBUF: more hides seconds of lag, less starves a far link."),
        .number(
            "service_bytes", \.transport.serviceBytes, 4 << 10...1 << 20,
            "A buffer that the links of a loop share; it bounds what is read at once."),
        .number(
            "gather_frame_bytes_max", \.transport.gatherFrameBytesMax, 256...256 << 10,
            "Frames up to this size leave together in one send: copying less costs less than a system call."),
        .number(
            "gather_bytes_max", \.transport.gatherBytesMax, 16 << 10...4 << 20,
            "The area in which they are put together."),
        .milliseconds(
            "half_close_milliseconds", \.transport.halfCloseCheckInterval, 1...1000,
            "How often links that are behind are looked at for peers that went half away."),
        .number("http_piece_bytes", \.transport.httpPieceBytes, 4 << 10...1 << 20, "One piece of an HTTP response."),
    ]
}
