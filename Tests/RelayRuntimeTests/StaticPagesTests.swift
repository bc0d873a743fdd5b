import Embed
import Testing
import WebSocketTransport

@testable import RelayRuntime

@Suite struct StaticPagesTests {
    private func answer(_ path: String, _ accepted: String?) throws -> HTTPResponse {
        let pages = StaticPages(isDemo: false, receipts: ReceiptShelf(countMax: 1)) { true }
        let peer = PeerAddress(text: "127.0.0.1", port: 1)
        return try #require(pages.response(to: RequestFacts(path: path, acceptEncoding: accepted, peer: peer)))
    }

    @Test(arguments: [("gzip, deflate, br", true), ("identity", false), ("gzip;q=0", false), (nil, false)])
    func theScriptIsSentAsGzipToWhoeverTakesIt(_ accepted: String?, _ isZipped: Bool) throws {
        let scripts = [("/alongside.js", Embed.loader)] + StaticPages.sessions
        #expect(scripts.count == 5)
        for (path, script) in scripts {
            let answer = try self.answer(path, accepted)
            #expect(answer.status == 200)
            #expect(answer.body == (isZipped ? script.zipped : script.bytes))
            let coding = answer.headers.filter { $0.name == "Content-Encoding" }.map(\.value)
            #expect(coding == (isZipped ? ["gzip"] : []))
            #expect(answer.headers.contains { $0 == ("Vary", "Accept-Encoding") })
        }
    }

    @Test func otherAnswersAreSentAsTheyAre() throws {
        let answer = try self.answer("/health", "gzip")
        #expect(answer.body == Array("ok\n".utf8))
        #expect(!answer.headers.contains { $0.name == "Content-Encoding" })
    }
}
