internal import Wire

/// The figures in words: for the log, and for Prometheus.
extension LoopMetrics {
    /// One line for the log.
    package var line: String {
        let (residence, turn) = (self.residence, self.turn)
        return "\(self.framesReceived) frames in, \(self.framesHandedOver) out in \(self.writeFrames.count) writes, "
            + "residence p50 \(residence.percentile(50) / 1000) us p99 \(residence.percentile(99) / 1000) us, "
            + "turn p99 \(turn.percentile(99) / 1000) us, \(self.resyncs) resyncs, "
            + "\(self.keyframesRequested) keyframes requested, "
            + "\(self.framesRefused.values.reduce(0, +)) frames refused, "
            + "\(self.sessions) sessions, \(self.seats) seats, \(self.links) links"
    }

    /// Prometheus' text format, version 0.0.4. The names are in `systemd/README.md`.
    package var exposition: String {
        var text = ""
        func number(_ name: String, _ kind: String, _ value: String) {
            text += "# TYPE alongside_\(name) \(kind)\nalongside_\(name) \(value)\n"
        }
        func byCode(_ name: String, _ counts: [(UInt16, UInt64)]) {
            text += "# TYPE alongside_\(name) counter\n"
            for (code, count) in counts.sorted(by: { $0.0 < $1.0 }) {
                text += "alongside_\(name){code=\"\(code)\"} \(count)\n"
            }
        }
        func summary(_ name: String, _ values: Distribution, per unit: Double = 1) {
            text += "# TYPE alongside_\(name) summary\n"
            for (label, percent) in [("0.5", 50.0), ("0.9", 90), ("0.99", 99), ("0.999", 99.9), ("1", 100)] {
                text += "alongside_\(name){quantile=\"\(label)\"} \(Double(values.percentile(percent)) / unit)\n"
            }
            text += "alongside_\(name)_sum \(Double(values.sum) / unit)\nalongside_\(name)_count \(values.count)\n"
        }
        number("sessions", "gauge", "\(self.sessions)")
        number("seats", "gauge", "\(self.seats)")
        number("links", "gauge", "\(self.links)")
        number("frames_received_total", "counter", "\(self.framesReceived)")
        number("bytes_received_total", "counter", "\(self.bytesReceived)")
        number("frames_handed_over_total", "counter", "\(self.framesHandedOver)")
        number("bytes_handed_over_total", "counter", "\(self.bytesHandedOver)")
        number("resyncs_total", "counter", "\(self.resyncs)")
        number("keyframes_requested_total", "counter", "\(self.keyframesRequested)")
        number("links_opened_total", "counter", "\(self.linksOpened)")
        byCode("links_closed_total", self.linksClosed.map { ($0.key, $0.value) })
        byCode("frames_refused_total", self.framesRefused.map { ($0.key.rawValue, $0.value) })
        summary("frame_residence_seconds", self.residence, per: 1e9)
        summary("write_frames", self.writeFrames)
        summary("write_bytes", self.writeBytes)
        summary("seat_lag_bytes", self.lag)
        summary("turn_seconds", self.turn, per: 1e9)
        return text
    }
}
