import Testing

@testable import WebSocketTransport

/// The table of a loop's connections, without a loop.
@Suite struct LinkTableTests {
    private static func insert(into table: LinkTable) -> Link {
        table.insert { id in
            Link(
                id: id, peer: PeerAddress(text: "127.0.0.1", port: 1), isSecure: false, phase: .handshaking,
                isDialled: false, limits: TransportLimits())
        }
    }

    @Test func aStaleNameFindsNothingAndItsSlotIsUsedAgain() {
        let table = LinkTable()
        let first = Self.insert(into: table).id
        table.remove(first)
        #expect(table[first] == nil)
        #expect(table.with(first) { _ in true } == nil)
        let second = Self.insert(into: table).id
        #expect(second.slot == first.slot)
        #expect(second != first)
        // A second time it is not there: nothing happens to who has its slot now.
        table.remove(first)
        #expect(table[second]?.id == second)
        #expect(table.count == 1)
    }

    @Test func aLinkInUseIsGivenBackBeforeItIsForgotten() {
        let table = LinkTable()
        let id = Self.insert(into: table).id
        let inner = table.with(id) { _ in table.with(id) { $0.borrowCount } }
        #expect(inner == 2)
        #expect(table[id]?.borrowCount == 0)
        table.remove(id)
        #expect(table.count == 0)
    }

    /// Whoever holds it without a count would read freed memory.
    @Test func forgettingALinkInsideACallThatUsesItTraps() async {
        await #expect(processExitsWith: .failure) {
            let table = LinkTable()
            let id = Self.insert(into: table).id
            table.with(id) { _ in table.remove(id) }
        }
    }

    @Test func theTableGrowsAndKeepsWhatItHas() {
        let table = LinkTable()
        let ids = (0..<200).map { _ in Self.insert(into: table).id }
        #expect(ids.allSatisfy { table[$0]?.id == $0 })
        #expect(table.slotCount == 200)
    }
}
