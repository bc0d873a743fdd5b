import Foundation
import Glibc
import RelayRuntime
import Testing

@Suite struct StopSignalsTests {
    @Test(arguments: [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")])
    func aSignalEndsTheWaitAndIsNamed(signal: Int32, name: String) async {
        let named = await withCheckedContinuation { continuation in
            // A thread of its own: the mask and the signal are that thread's and end with it.
            Thread {
                let signals = StopSignals()
                var beats = 0
                let named = signals.wait(every: .milliseconds(1)) {
                    beats += 1
                    if beats == 2 { pthread_kill(pthread_self(), signal) }
                }
                continuation.resume(returning: named)
            }.start()
        }
        #expect(named == name)
    }

    @Test func aHangUpReloadsAndGoesOnWaiting() async {
        let (named, reloads) = await withCheckedContinuation { continuation in
            Thread {
                let signals = StopSignals()
                var reloads = 0
                let named = signals.wait(every: .milliseconds(1)) {
                    reloads += 1
                    pthread_kill(pthread_self(), reloads < 2 ? SIGHUP : SIGTERM)
                } beat: {
                    if reloads == 0 { pthread_kill(pthread_self(), SIGHUP) }
                }
                continuation.resume(returning: (named, reloads))
            }.start()
        }
        #expect(named == "SIGTERM")
        #expect(reloads == 2)
    }
}
