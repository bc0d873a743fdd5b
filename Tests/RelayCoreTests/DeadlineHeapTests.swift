import RelayCore
import Support
import Testing
import Wire

@Suite struct DeadlineHeapTests {
    @Test func itAgreesWithASortedListWhateverIsSetMovedAndTaken() {
        var random = SplitMix64(seed: 3)
        let heap = DeadlineHeap()
        var model: [Int: Instant] = [:]
        var timers: [Int] = []
        for _ in 0..<20_000 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                timers.append(heap.add())
            case 1 where !timers.isEmpty:
                let timer = timers.remove(at: Int.random(in: timers.indices, using: &random))
                heap.remove(timer)
                model[timer] = nil
            case 2 where !timers.isEmpty:
                guard let timer = timers.randomElement(using: &random) else { continue }
                heap.set(timer, nil)
                model[timer] = nil
            case 3:
                let now = Instant(nanoseconds: .random(in: 0...1000, using: &random))
                let expected = model.filter { $0.value <= now }.min { ($0.value, $0.key) < ($1.value, $1.key) }
                let timer = heap.popDue(now: now)
                #expect(timer == expected?.key)
                if let timer { model[timer] = nil }
            default:
                guard let timer = timers.randomElement(using: &random) else { continue }
                let moment = Instant(nanoseconds: .random(in: 0...1000, using: &random))
                heap.set(timer, moment)
                model[timer] = moment
                #expect(heap.deadline(of: timer) == moment)
            }
            #expect(heap.next == model.values.min())
            #expect(heap.count == model.count)
        }
    }

    @Test func aTimerThatWasRemovedIsGivenOutAgainWithoutItsDeadline() {
        let heap = DeadlineHeap()
        let timer = heap.add()
        heap.set(timer, Instant(nanoseconds: 5))
        heap.remove(timer)
        #expect(heap.add() == timer)
        #expect(heap.deadline(of: timer) == nil)
        #expect(heap.popDue(now: Instant(nanoseconds: 9)) == nil)
    }
}
