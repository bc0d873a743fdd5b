import Dispatch
import Glibc
import RelayCore
import Support
import Testing
import Wire

@testable import RelayRuntime

/// What a rep asks of the shopper's page, over real links, with the session on the rep's loop and on another.
@Suite(.serialized) struct AskTests {
    private static func scene(
        loops: Int, _ change: (inout Configuration) -> Void = { _ in }
    ) throws -> (LoopsRig, ShopperPeer, RepPeer) {
        let rig = try LoopsRig(loops: loops, change)
        let shopper = try ShopperPeer.live(rig, loop: 0)
        let rep = try RepPeer(rig, loop: loops - 1)
        try rep.accept(shopper)
        try shopper.answerKeyframeRequest()
        try rep.peer.receivePages(1)
        return (rig, shopper, rep)
    }

    @Test(arguments: [1, 2]) func anAskAndItsAnswerCrossLoopsAndAreOnRecord(loops: Int) throws {
        let (rig, shopper, rep) = try Self.scene(loops: loops)
        let number = shopper.welcome.number
        for (count, thing) in [Ask.Thing.tab(7), .picture(9)].enumerated() {
            try rep.peer.control(.ask, session: number, Ask(thing).body())
            let told = try Ask(body: try shopper.peer.receive(.ask).body)
            #expect(told.thing == thing && told.number == UInt32(count + 1) && told.rep?.isEmpty == false)
        }
        try shopper.peer.control(.answer, session: number, Answer(ask: 2, word: .no).body())
        try shopper.peer.control(.answer, session: number, Answer(ask: 1, word: .yes).body())
        try shopper.peer.control(.answer, session: number, Answer(ask: 1, word: .no).body())
        let answered = try rep.peer.receive(.answer)
        #expect(try Answer(body: answered.body) == Answer(ask: 1, word: .yes))
        #expect(answered.header.session == number)
        rig.stop()
        let log = try rig.auditLines()
        let asked = log.filter { $0.contains(#""event":"rep.asked""#) }
        #expect(asked.count == 2 && asked.allSatisfy { $0.contains(#""id":"ana""#) })
        #expect(asked.first?.contains(#""ask":1,"what":"tab""#) == true)
        #expect(asked.last?.contains(#""ask":2,"what":"picture""#) == true)
        let answers = log.filter { $0.contains(#""event":"ask.answered""#) }
        #expect(answers.count == 1 && answers[0].contains(#""ask":1,"answer":"yes""#))
    }

    @Test func aSeatAsksSoOftenInAMinuteAndNoMore() throws {
        let most = 3
        let (rig, shopper, rep) = try Self.scene(loops: 1) { $0.limits.asksPerMinuteMax = most }
        defer { rig.stop() }
        let number = shopper.welcome.number
        for count in 1...most {
            try rep.peer.control(.ask, session: number, Ask(.picture(9)).body())
            #expect(try Ask(body: try shopper.peer.receive(.ask).body).number == UInt32(count))
        }
        try rep.peer.control(.ask, session: number, Ask(.picture(9)).body())
        let refused = try Refused(body: try rep.peer.receive(.refused).body)
        #expect(refused.what == "ask" && refused.why == .capacity)
    }

    /// Two looks that a loop finds waiting come to it in one moment; a third comes when the time is over.
    @Test func aSeatLooksOnceInAnIntervalAndAgainAfterIt() throws {
        let (rig, shopper, rep) = try Self.scene(loops: 1)
        defer { rig.stop() }
        let number = shopper.welcome.number
        let holder = try Peer(port: rig.ports[0], path: "/hold")
        rig.held.wait()
        for y: UInt32 in 1...2 { try rep.peer.control(.look, session: number, Look(y: y, height: 1).body()) }
        rig.hold.signal()
        #expect(try Look(body: shopper.peer.receive(.look).body).y == 1)
        let heard = ContinuousClock.now
        while ContinuousClock.now - heard < RuntimeLimits.lookIntervalMin { sched_yield() }
        try rep.peer.control(.look, session: number, Look(y: 3, height: 1).body())
        #expect(try Look(body: shopper.peer.receive(.look).body).y == 3)
        holder.drop()
    }

    @Test func whatCannotBePutOnRecordIsNotAsked() throws {
        let (rig, shopper, rep) = try Self.scene(loops: 2)
        defer { rig.stop() }
        rig.failAudit()
        _ = try rep.peer.receive(.presence) { frame in (try? Presence(body: frame.body).unrecorded) == true }
        try rep.peer.control(.ask, session: shopper.welcome.number, Ask(.tab(7)).body())
        let refused = try Refused(body: try rep.peer.receive(.refused).body)
        #expect(refused.what == "ask" && refused.why == .audit && refused.session == shopper.welcome.session)
    }
}
