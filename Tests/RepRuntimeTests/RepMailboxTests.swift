import PageView
import RepConsole
import Testing

@testable import RepRuntime

@Suite struct RepMailboxTests {
    private func arrival(_ sequence: UInt32) -> PageArrival {
        PageArrival(
            number: 7, sequence: sequence, captureTime: 0, isKeyframe: false, content: .failure(.unreadable("test")))
    }

    @Test func factsComeOutInOrderAndCursorsLast() throws {
        let mailbox = try RepMailbox()
        #expect(mailbox.post(.linkOpened))
        mailbox.post(cursor: ViewPoint(x: 1, y: 1), captureTime: 1, number: 7)
        mailbox.post(self.arrival(1), byteCount: 10)
        #expect(
            mailbox.take() == [
                .linkOpened, .page(self.arrival(1)),
                .cursor(number: 7, captureTime: 1, point: ViewPoint(x: 1, y: 1)),
            ])
        #expect(mailbox.take() == [])
    }

    @Test func ofEachSessionOnlyTheLatestCursorIsKept() throws {
        let mailbox = try RepMailbox()
        for step in 0..<1000 {
            mailbox.post(cursor: ViewPoint(x: Double(step), y: 0), captureTime: UInt64(step), number: 7)
            mailbox.post(cursor: nil, captureTime: UInt64(step), number: 8)
        }
        #expect(
            mailbox.take() == [
                .cursor(number: 7, captureTime: 999, point: ViewPoint(x: 999, y: 0)),
                .cursor(number: 8, captureTime: 999, point: nil),
            ])
    }

    @Test func pageFramesPastTheBoundAreDroppedAndControlStillFits() throws {
        let mailbox = try RepMailbox()
        mailbox.post(self.arrival(1), byteCount: RepMailbox.bytesMax)
        mailbox.post(self.arrival(2), byteCount: 1)
        #expect(mailbox.post(.linkOpened))
        #expect(mailbox.take() == [.page(self.arrival(1)), .linkOpened])
        mailbox.post(self.arrival(3), byteCount: 1)
        #expect(mailbox.take() == [.page(self.arrival(3))])
    }

    @Test func aFullMailboxRefuses() throws {
        let mailbox = try RepMailbox()
        for _ in 0..<RepMailbox.factCountMax {
            #expect(mailbox.post(.linkOpened))
        }
        #expect(!mailbox.post(.linkOpened))
    }

    @Test func theDescriptorIsReadableExactlyWhileThereIsMail() throws {
        let mailbox = try RepMailbox()
        #expect(!Polling.wait(for: mailbox.descriptor, atMost: .zero))
        #expect(mailbox.post(.linkOpened))
        #expect(mailbox.post(.linkOpened))
        #expect(Polling.wait(for: mailbox.descriptor, atMost: .zero))
        _ = mailbox.take()
        #expect(!Polling.wait(for: mailbox.descriptor, atMost: .zero))
        #expect(mailbox.post(.linkOpened))
        #expect(Polling.wait(for: mailbox.descriptor, atMost: .zero))
    }

    @Test func aLostLinksCursorsAreForgotten() throws {
        let mailbox = try RepMailbox()
        mailbox.post(cursor: nil, captureTime: 0, number: 7)
        mailbox.dropCursors()
        #expect(mailbox.take() == [])
    }
}
