import Testing
import Wire

@testable import RelayRuntime

struct ReceiptShelfTests {
    private static func id(_ number: Int) -> SessionID { SessionID(high: 5, low: UInt64(number)) }

    @Test func aReceiptIsHadAtItsPathAndNowhereElse() {
        let shelf = ReceiptShelf(countMax: 4)
        let path = ReceiptShelf.path(of: Self.id(1))
        #expect(shelf.receipt(at: path) == nil)
        shelf.put(Self.id(1), "proof")
        #expect(shelf.receipt(at: path) == "proof")
        for other in ["", "/receipts/", "/receipts/.tlog-proof", path + "x", "/x" + path, path.uppercased()] {
            #expect(shelf.receipt(at: other) == nil)
        }
        #expect(shelf.receipt(at: ReceiptShelf.path(of: Self.id(2))) == nil)
    }

    @Test func theOldestMakeRoomHoweverManyCome() {
        let most = RuntimeLimits().receiptCountMax
        let shelf = ReceiptShelf(countMax: most)
        for number in 1...(3 * most) {
            shelf.put(Self.id(number), "\(number)")
            shelf.put(Self.id(number), "\(number) again")
        }
        for number in 1...(3 * most) {
            let expected = number > 2 * most ? "\(number) again" : nil
            #expect(shelf.receipt(at: ReceiptShelf.path(of: Self.id(number))) == expected)
        }
    }
}
