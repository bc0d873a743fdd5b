package import PageView
package import Terminal
package import Wire

/// A fact that the shell tells the console.
package enum Message: Equatable, Sendable {
    /// Time has passed; sent at the model's `deadline`.
    case tick
    case key(Stroke)
    /// The wheel turned over a cell; positive `lines` look further down.
    case wheel(lines: Int, at: Position)
    /// The first mouse button went down on a cell.
    case click(Position)
    /// The mouse is over a cell, no button pressed.
    case hover(Position)
    /// The terminal window got or lost the focus.
    case focused(Bool)
    case resized(ScreenSize)
    /// The WebSocket is open.
    case linkOpened
    /// No connection came about, in words. `entropy` jitters the pause before the next.
    case dialFailed(why: String, entropy: UInt64)
    /// The link is gone. `code` is the WebSocket close code, 1006 where none came.
    case linkClosed(code: UInt16, entropy: UInt64)
    /// The challenge was signed.
    case signed(Login)
    /// No key could or would sign, in words.
    case signingFailed(why: String)
    case control(ControlArrival)
    case page(PageArrival)
    /// The latest place of a shopper's cursor; nil when it left the page.
    case cursor(number: UInt32, captureTime: UInt64, point: ViewPoint?)
}

/// What the console wants done.
package enum Effect: Equatable, Sendable {
    case dial(after: Duration)
    case sign(Challenge)
    case send(Wish)
    case bell
    /// The whole screen is drawn again, whatever the terminal shows.
    case redraw
    /// Job control: back to the shell until `fg`.
    case suspend
    case quit(Ending)
}

/// A control frame to the relay. The shell adds the sequence and the time.
package enum Wish: Equatable, Sendable {
    case login(Login)
    case resume(Resume)
    /// `cursor`: whether the shopper's cursor is wanted too.
    case accept(SessionID, cursor: Bool = true)
    case leave(SessionID)
    case resync(number: UInt32)
    /// A part of the page out of reach.
    case look(number: UInt32, Look)
    /// Another tab of the shopper, or a finer picture.
    case ask(number: UInt32, Ask)

    /// The frame's kind, the session number of its header, and its body.
    package var parts: (kind: FrameKind, number: UInt32, body: [UInt8]) {
        switch self {
        case .login(let login): (.login, 0, login.body())
        case .resume(let resume): (.resume, 0, resume.body())
        case .accept(let session, let cursor): (.accept, 0, Accept(session: session, cursor: cursor).body())
        case .leave(let session): (.leave, 0, Leave(session: session).body())
        case .resync(let number): (.resync, number, Array("{}".utf8))
        case .look(let number, let look): (.look, number, look.body())
        case .ask(let number, let ask): (.ask, number, ask.body())
        }
    }
}

/// How the program ends.
package enum Ending: Equatable, Sendable {
    /// The rep asked for it, or the time was up.
    case done
    /// Something failed here, in words.
    case failed(why: String)
    /// The login was refused or could not be made, in words.
    case loginNeeded(why: String)
    /// No connection to the relay came about, in words.
    case noConnection(why: String)

    /// The program's exit code.
    package var exitCode: Int32 {
        switch self {
        case .done: 0
        case .failed: 1
        case .loginNeeded: 4
        case .noConnection: 6
        }
    }

    /// The sentence for standard error; nil when there is nothing to say.
    package var sentence: String? {
        switch self {
        case .done: nil
        case .failed(let why), .loginNeeded(let why), .noConnection(let why): why
        }
    }
}
