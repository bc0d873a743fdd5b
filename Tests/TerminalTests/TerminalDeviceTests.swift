import Glibc
import Testing

@testable import Terminal

/// One device at a time in a process, so one test after another.
@Suite(.serialized) struct TerminalDeviceTests {
    private let modes = TerminalModes()

    @Test func theTerminalIsTakenAndGivenBack() throws {
        let pty = try #require(PseudoTerminal())
        #expect(!pty.isRaw)
        do {
            let device = try TerminalDevice.open(path: pty.path, modes: self.modes)
            #expect(pty.isRaw)
            let descriptor = device.descriptor
            #expect(descriptor >= 0)
            #expect(pty.readAvailable() == self.modes.enter)
        }
        #expect(!pty.isRaw)
        #expect(pty.readAvailable() == self.modes.leave)
    }

    @Test func whatIsNoTerminalIsRefused() {
        #expect(throws: TerminalError(.readSettings, code: ENOTTY)) {
            _ = try TerminalDevice.open(path: "/dev/null")
        }
        #expect(throws: TerminalError(.open, code: ENOENT)) {
            _ = try TerminalDevice.open(path: "/nowhere/tty")
        }
    }

    @Test func aSecondDeviceIsRefused() throws {
        let pty = try #require(PseudoTerminal())
        let device = try TerminalDevice.open(path: pty.path)
        #expect(throws: TerminalError(.secondDevice)) {
            _ = try TerminalDevice.open(path: pty.path)
        }
        let isDrained = device.isDrained
        #expect(isDrained)
    }

    @Test func typedBytesAreReadAndAHangUpEndsTheInput() throws {
        var pty = PseudoTerminal()
        var device = try TerminalDevice.open(path: try #require(pty).path)
        var bytes: [UInt8] = []
        var result = try device.read(into: &bytes)
        #expect(result == .nothing)
        pty?.type("hé\u{1B}[A")
        let readiness = try device.wait(timeout: nil)
        #expect(readiness.contains(.input))
        result = try device.read(into: &bytes)
        #expect(result == .bytes(6))
        #expect(bytes == Array("hé\u{1B}[A".utf8))
        pty = nil
        let readiness1 = try device.wait(timeout: nil)
        #expect(readiness1.contains(.input))
        result = try device.read(into: &bytes)
        #expect(result == .ended)
    }

    @Test func aSlowTerminalHoldsBackFramesAndLosesNone() throws {
        let pty = try #require(PseudoTerminal())
        var device = try TerminalDevice.open(path: pty.path)
        _ = pty.readAvailable()
        let frame = (0..<300_000).map { UInt8(0x20 + $0 % 90) }
        let isTaken = try device.send(frame)
        #expect(isTaken)
        let isDrained = device.isDrained
        #expect(!isDrained)
        let isSecondTaken = try device.send([0x41])
        #expect(!isSecondTaken)
        var seen: [UInt8] = []
        while !device.isDrained {
            seen += pty.readAvailable()
            let readiness = try device.wait(timeout: nil)
            if readiness.contains(.output) {
                try device.flush()
            }
        }
        seen += pty.readAvailable()
        #expect(seen == frame)
        let isThirdTaken = try device.send([0x42])
        #expect(isThirdTaken)
        #expect(pty.readAvailable() == [0x42])
    }

    @Test func signalsBecomeNews() throws {
        let pty = try #require(PseudoTerminal())
        pty.setSize(columns: 0, rows: 0)
        var device = try TerminalDevice.open(path: pty.path, modes: self.modes)
        let size1 = device.size
        #expect(size1 == ScreenSize(columns: 80, rows: 24))
        pty.setSize(columns: 132, rows: 43)
        let size2 = device.size
        #expect(size2 == ScreenSize(columns: 132, rows: 43))
        kill(getpid(), SIGWINCH)
        let readiness2 = try device.wait(timeout: nil)
        #expect(readiness2.contains(.signals))
        var news = try device.takeSignals()
        #expect(news == .resized)
        kill(getpid(), SIGTSTP)
        let readiness3 = try device.wait(timeout: nil)
        #expect(readiness3.contains(.signals))
        news = try device.takeSignals()
        #expect(news == .stopAsked)
        _ = pty.readAvailable()
        kill(getpid(), SIGCONT)
        let readiness4 = try device.wait(timeout: nil)
        #expect(readiness4.contains(.signals))
        news = try device.takeSignals()
        #expect(news == .continued)
        #expect(pty.readAvailable() == self.modes.leave + self.modes.enter)
        let readiness5 = try device.wait(timeout: .zero)
        #expect(readiness5 == [])
    }

    @Test func theCallersDescriptorWakesTheWait() throws {
        let pty = try #require(PseudoTerminal())
        let other = try #require(PseudoTerminal())
        let device = try TerminalDevice.open(path: pty.path)
        other.type("x\n")
        let readiness6 = try device.wait(timeout: .zero, wake: -1)
        #expect(readiness6 == [])
        let readiness7 = try device.wait(timeout: nil, wake: other.master)
        #expect(readiness7.contains(.wake))
    }

    @Test func requestsGoBehindAFrameUpToTheirLimit() throws {
        let pty = try #require(PseudoTerminal())
        var device = try TerminalDevice.open(path: pty.path)
        _ = pty.readAvailable()
        _ = try device.send([UInt8](repeating: 0x2E, count: 300_000))
        let isTaken = try device.request([UInt8](repeating: 0x21, count: TerminalDevice.requestBytesMax))
        #expect(isTaken)
        let isMoreTaken = try device.request([0x3F])
        #expect(!isMoreTaken)
        var seen: [UInt8] = []
        while !device.isDrained {
            seen += pty.readAvailable()
            _ = try device.wait(timeout: nil)
            try device.flush()
        }
        seen += pty.readAvailable()
        #expect(seen.count == 300_000 + TerminalDevice.requestBytesMax)
        #expect(seen.last == 0x21)
        let isTakenAgain = try device.request(TerminalRequest.bell)
        #expect(isTakenAgain)
    }

    @Test func adoptedModesAreSwitchedNowAndAfterAStop() throws {
        let pty = try #require(PseudoTerminal())
        var device = try TerminalDevice.open(path: pty.path, modes: self.modes)
        _ = pty.readAvailable()
        var quiet = self.modes
        quiet.mouse = false
        try device.adopt(quiet)
        #expect(pty.readAvailable() == self.modes.change(to: quiet))
        device.leave()
        _ = pty.readAvailable()
        try device.enter()
        #expect(pty.readAvailable() == quiet.enter)
    }

    @Test func leavingTwiceWritesOnce() throws {
        let pty = try #require(PseudoTerminal())
        var device = try TerminalDevice.open(path: pty.path, modes: self.modes)
        _ = pty.readAvailable()
        device.leave()
        device.leave()
        #expect(pty.readAvailable() == self.modes.leave)
        #expect(!pty.isRaw)
        try device.enter()
        #expect(pty.readAvailable() == self.modes.enter)
        #expect(pty.isRaw)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT])
    func aFatalSignalRestoresTheTerminalAndEndsTheProcess(signal: Int32) async throws {
        let pty = try #require(PseudoTerminal())
        await #expect(processExitsWith: .signal(signal)) {
            [path = pty.path as String, signal = signal as Int32] in
            unsafe setenv("SWIFT_BACKTRACE", "enable=no", 1)
            let device = try TerminalDevice.open(path: path)
            // To the process, since a pool's threads hold signals back; another thread may take it while this one
            // waits.
            kill(getpid(), signal)
            while device.descriptor >= 0 {
                pause()
            }
        }
        #expect(pty.readAvailable() == self.modes.enter + self.modes.leave)
        #expect(!pty.isRaw)
    }

    @Test func aTrapRestoresTheTerminal() async throws {
        let pty = try #require(PseudoTerminal())
        await #expect(processExitsWith: .failure) { [path = pty.path as String] in
            let device = try TerminalDevice.open(path: path)
            precondition(device.descriptor < 0)
        }
        #expect(pty.readAvailable() == self.modes.enter + self.modes.leave)
        #expect(!pty.isRaw)
    }

    /// The child stops itself as Ctrl-Z would; a shell beside it lets it go on.
    @Test func aStopGivesTheTerminalToTheShellAndTakesItAgain() async throws {
        let pty = try #require(PseudoTerminal())
        await #expect(processExitsWith: .success) { [path = pty.path as String] in
            var device = try TerminalDevice.open(path: path)
            let me = "/proc/\(getpid())/status"
            let waker = "(while [ -e \(me) ] && ! grep -q '^State:.T' \(me); do :; done; kill -CONT \(getpid())) &"
            _ = unsafe system(waker)
            try device.suspend()
            exit(0)
        }
        let seen = pty.readAvailable()
        #expect(seen.starts(with: self.modes.enter + self.modes.leave + self.modes.enter))
    }
}
