import PageView
import Terminal
import Wire

/// The page as last painted, kept so that a moving cursor costs no layout. Owned by whoever draws.
package struct PageMemo: Sendable {
    /// Everything that a painted page depends on.
    private struct Key: Equatable {
        let session: SessionID
        let revision: UInt64
        let scale: PageScale
        let size: ScreenSize
    }

    /// Everything that the reader's lines depend on.
    private struct ReaderKey: Equatable {
        let session: SessionID
        let revision: UInt64
        let columns: Int
    }

    private var key: Key?
    private var readerKey: ReaderKey?
    private var readerLines: [ReaderScreen.Line] = []
    private var screen = Screen(columns: 1, rows: 1)
    /// Lines of the painted page that had no room.
    private(set) var lost: [LostLines] = []

    package init() {}

    /// The page's lines for the reader view; made anew only when the page or the width changed.
    mutating func lines(_ view: View, of session: OpenSession, columns: Int) -> [ReaderScreen.Line] {
        let wanted = ReaderKey(session: session.id, revision: session.revision, columns: columns)
        if self.readerKey != wanted {
            self.readerLines = ReaderScreen.lines(of: view, columns: columns)
            self.readerKey = wanted
        }
        return self.readerLines
    }

    /// A whole screen with nothing but the page in `pane`; painted anew only when something about it changed.
    mutating func screen(
        _ view: View, of session: OpenSession, scale: PageScale, size: ScreenSize, pane: Rectangle
    ) -> Screen {
        let wanted = Key(session: session.id, revision: session.revision, scale: scale, size: size)
        if self.key != wanted {
            let paint = PagePainter.paint(view, scale: scale)
            let page = paint.screen
            self.lost = paint.report.lost
            self.screen = Screen(size)
            self.screen.copy(page.bounds, of: page, to: Position(column: pane.column, row: pane.row))
            for var picture in page.pictures {
                picture.area.column += pane.column
                picture.area.row += pane.row
                self.screen.addPicture(picture)
            }
            self.key = wanted
        }
        return self.screen
    }
}
