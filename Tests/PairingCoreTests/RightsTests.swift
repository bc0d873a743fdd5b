import PairingCore
import Testing

@Suite struct RightsTests {
    @Test func aSeatGetsWhatSiteAndShopperBothAllow() {
        #expect(Rights.granted(site: [.view, .point, .draw], consent: [.view, .point]) == [.view, .point])
        #expect(Rights.granted(site: [.point], consent: [.view, .point]) == [])
        #expect(Rights.granted(site: [.view], consent: []) == [])
    }

    @Test func everyRightHasAWordAndEveryWordARight() {
        for raw in UInt8(0)..<32 {
            let rights = Rights(rawValue: raw)
            #expect(Rights(rights.words.compactMap { Rights(word: $0) }) == rights)
        }
        #expect(Rights(word: "type") == nil)
    }
}
