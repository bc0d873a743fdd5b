import Support
import Testing

@testable import RelayCore

@Suite struct SeatTableTests {
    @Test func everySeatIsFoundWhateverCameAndWent() {
        var random = SplitMix64(seed: 7)
        let table = SeatTable()
        var model: [UInt32] = []
        var next: UInt32 = 1
        for step in 0..<4000 {
            if model.count < 300, model.isEmpty || Int.random(in: 0..<5, using: &random) > 1 {
                // Names grow, with holes that make them meet in the table.
                next += UInt32.random(in: 1...700, using: &random)
                table.add(Seat(id: SeatID(next), tail: 1, base: .following, wantsCursor: true))
                model.append(next)
            } else {
                let place = Int.random(in: model.indices, using: &random)
                #expect(table.remove(at: place).id.number == model.remove(at: place))
            }
            guard step % 16 == 0 else { continue }
            #expect(table.indices.map { table[$0].id.number } == model)
            for (place, number) in model.enumerated() { #expect(table.place(of: SeatID(number)) == place) }
            #expect(table.place(of: SeatID(next + 1)) == nil)
        }
        table.removeAll()
        #expect(table.count == 0)
        #expect(table.place(of: SeatID(next)) == nil)
    }
}
