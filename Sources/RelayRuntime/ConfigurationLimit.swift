internal import RelayCore
internal import WebSocketTransport

/// One key of the file's `[limits]`: the limit it sets, the bounds within which it may be set, and the reason.
package struct ConfigurationLimit: Sendable {
    /// The key in the file; the unit stands in its name.
    package let key: String
    /// What the file may say, in the key's unit.
    package let bounds: ClosedRange<Int>
    /// What is limited and what speaks for the default, for operators.
    package let words: String
    /// The limit in the key's unit.
    package let value: @Sendable (RuntimeLimits) -> Int
    /// Sets the limit to a number of the key's unit.
    package let set: @Sendable (inout RuntimeLimits, Int) -> Void

    private init(
        _ key: String, _ bounds: ClosedRange<Int>, _ words: String,
        value: @escaping @Sendable (RuntimeLimits) -> Int, set: @escaping @Sendable (inout RuntimeLimits, Int) -> Void
    ) {
        self.key = key
        self.bounds = bounds
        self.words = words
        self.value = value
        self.set = set
    }

    /// A number of bytes, frames, links or seconds, as the property has it. Bounds lie inside of what it can hold.
    static func number<Value: BinaryInteger & SendableMetatype>(
        _ key: String, _ path: any WritableKeyPath<RuntimeLimits, Value> & Sendable, _ bounds: ClosedRange<Int>,
        _ words: String
    ) -> ConfigurationLimit {
        ConfigurationLimit(key, bounds, words) {
            Int($0[keyPath: path])
        } set: {
            $0[keyPath: path] = Value($1)
        }
    }

    /// A time in whole seconds.
    static func seconds(
        _ key: String, _ path: any WritableKeyPath<RuntimeLimits, Duration> & Sendable, _ bounds: ClosedRange<Int>,
        _ words: String
    ) -> ConfigurationLimit {
        ConfigurationLimit(key, bounds, words) {
            Int($0[keyPath: path] / .seconds(1))
        } set: {
            $0[keyPath: path] = .seconds($1)
        }
    }

    /// A time in whole milliseconds.
    static func milliseconds(
        _ key: String, _ path: any WritableKeyPath<RuntimeLimits, Duration> & Sendable, _ bounds: ClosedRange<Int>,
        _ words: String
    ) -> ConfigurationLimit {
        ConfigurationLimit(key, bounds, words) {
            Int($0[keyPath: path] / .milliseconds(1))
        } set: {
            $0[keyPath: path] = .milliseconds($1)
        }
    }
}

/// Two limits of which one must not pass the other.
struct LimitOrder {
    /// The key that is told to be wrong.
    let lesser: String
    let greater: String
    let isKept: @Sendable (RuntimeLimits) -> Bool

    /// Every such pair.
    static let all: [LimitOrder] = [
        LimitOrder(lesser: "seat_behind_bytes_max", greater: "ring_bytes_max") {
            $0.session.seatBehindBytesMax <= $0.session.ringBytesMax
        },
        LimitOrder(lesser: "seat_behind_milliseconds_max", greater: "seat_stalled_seconds_max") {
            $0.session.seatBehindDurationMax <= $0.session.seatStalledDurationMax
        },
        LimitOrder(lesser: "keyframe_request_milliseconds_min", greater: "keyframe_answer_milliseconds_max") {
            $0.session.keyframeRequestIntervalMin <= $0.session.keyframeAnswerDurationMax
        },
        LimitOrder(lesser: "accept_pause_milliseconds_min", greater: "accept_pause_milliseconds_max") {
            $0.transport.acceptPauseMin <= $0.transport.acceptPauseMax
        },
        LimitOrder(lesser: "ping_seconds", greater: "hang_up_seconds") {
            $0.transport.pingInterval <= $0.transport.hangUpInterval
        },
        LimitOrder(lesser: "starting_count_free", greater: "starting_count_max") {
            $0.transport.startingCountFree <= $0.transport.startingCountMax
        },
        LimitOrder(lesser: "penalty_tolerance_seconds_max", greater: "penalty_seconds_max") {
            $0.transport.penaltyToleranceMax <= $0.transport.penaltyDurationMax
        },
        LimitOrder(lesser: "receive_bytes", greater: "service_bytes") {
            $0.transport.receiveBytes <= $0.transport.serviceBytes
        },
        LimitOrder(lesser: "gather_frame_bytes_max", greater: "gather_bytes_max") {
            $0.transport.gatherFrameBytesMax <= $0.transport.gatherBytesMax
        },
    ]
}
