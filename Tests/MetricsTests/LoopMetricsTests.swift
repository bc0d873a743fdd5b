import Foundation
import Metrics
import Support
import Testing
import Wire

@Suite struct LoopMetricsTests {
    private static func busy(_ frames: Int) -> LoopMetrics {
        var metrics = LoopMetrics()
        for number in 1...frames {
            metrics.handedOver(frames: 2, bytes: 300, after: UInt64(number) * 10_000)
        }
        metrics.linkOpened()
        metrics.linkClosed(4001)
        metrics.linkClosed(3999)
        metrics.frameRefused(.outOfOrder)
        metrics.blocked(bytesBehind: 1 << 20)
        metrics.turned(in: 250_000, frames: frames, bytes: frames * 100)
        metrics.keyframeRequested()
        metrics.resynced(2)
        return metrics
    }

    @Test func valuesAreToldToTwoDigits() {
        let metrics = Self.busy(1000)
        #expect(metrics.framesReceived == 1000 && metrics.bytesReceived == 100_000)
        #expect(metrics.framesHandedOver == 2000 && metrics.bytesHandedOver == 300_000)
        #expect(metrics.residence.count == 2000)
        for (percent, expected) in [(50.0, 5_000_000.0), (99, 9_900_000), (100, 10_000_000)] {
            let told = Double(metrics.residence.percentile(percent))
            #expect(abs(told / expected - 1) < 0.02, "p\(percent) is \(told)")
        }
        #expect(metrics.writeFrames.percentile(99) == 2 && metrics.writeFrames.count == 1000)
    }

    @Test func whatIsBeyondTheScaleCountsAsItsEnd() {
        var values = Distribution(least: 1, greatest: 1000)
        values.record(1001)
        values.record(.max)
        #expect(values.count == 2 && values.sum == 2000)
        #expect(abs(Double(values.percentile(100)) / 1000 - 1) < 0.02)
    }

    @Test func loopsAddUp() {
        var sum = Self.busy(10)
        sum.links = 3
        var other = Self.busy(20)
        other.links = 4
        sum.add(other)
        #expect(sum.framesReceived == 30 && sum.residence.count == 60 && sum.links == 7)
        #expect(sum.linksOpened == 2 && sum.resyncs == 4 && sum.keyframesRequested == 2)
        #expect(sum.linksClosed == [4001: 2, 1006: 2] && sum.framesRefused == [.outOfOrder: 2])
    }

    @Test func aPeerCannotInventCodes() {
        var metrics = LoopMetrics()
        for code in UInt16(0)...UInt16.max { metrics.linkClosed(code) }
        #expect(metrics.linksClosed.count < 60)
        #expect(metrics.linksClosed.values.reduce(0, +) == 65_536)
    }

    @Test func theExpositionIsWellFormedAndDocumented() throws {
        let text = Self.busy(100).exposition
        let readme = try String(
            contentsOf: Vectors.repositoryRoot.appendingPathComponent("systemd/README.md"), encoding: .utf8)
        for line in text.split(separator: "\n") {
            let sample = #/alongside_[a-z_]+(\{(code|quantile)="[\d.]+"\})? [\d.e+-]+/#
            let type = #/# TYPE (alongside_[a-z_]+) (counter|gauge|summary)/#
            if let match = line.wholeMatch(of: type) {
                #expect(readme.contains("`\(match.output.1)`"), "\(match.output.1) is not in systemd/README.md")
            } else {
                #expect(line.wholeMatch(of: sample) != nil, "\(line)")
            }
        }
        #expect(text.contains("alongside_frames_refused_total{code=\"4503\"} 1\n"))
        #expect(text.contains("alongside_frame_residence_seconds_count 200\n"))
    }

    @Test func theLineSaysTheMainFigures() {
        #expect(Self.busy(100).line.hasPrefix("100 frames in, 200 out in 100 writes, residence p50 5"))
    }
}
