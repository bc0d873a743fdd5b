import Testing

@testable import RepConsole

@Suite struct WordsTests {
    @Test func clocksCountMinutesThenHours() {
        #expect(Words.clock(seconds: 0) == "0:00")
        #expect(Words.clock(seconds: 252) == "4:12")
        #expect(Words.clock(seconds: 3852) == "1:04:12")
        #expect(Words.clock(seconds: -5) == "0:00")
    }

    @Test func agesAreRoundedDown() {
        #expect(Words.age(.milliseconds(4900)) == "4 s")
        #expect(Words.age(.seconds(60)) == "1 min")
        #expect(Words.age(.seconds(7300)) == "2 h")
        #expect(Words.age(.seconds(-1)) == "0 s")
    }

    @Test func delaysAreMillisecondsThenSeconds() {
        #expect(Words.delay(microseconds: 12_400) == "12 ms")
        #expect(Words.delay(microseconds: 1_450_000) == "1.4 s")
        #expect(Words.delay(microseconds: -3) == "0 ms")
    }

    @Test func addressesLoseTheirSchemeAndPathsTheirHost() {
        #expect(Words.address("https://shop.example/basket") == "shop.example/basket")
        #expect(Words.path("https://shop.example/basket/2") == "/basket/2")
        #expect(Words.path("https://shop.example") == "/")
        #expect(Words.path("") == "/")
    }

    @Test func nounsAgreeWithTheirNumber() {
        #expect(Words.count(1, "session") == "1 session")
        #expect(Words.count(0, "session") == "0 sessions")
    }
}
