import PageView
import Terminal
import Wire

/// The shopper's other tabs of the shop, over the page: the rep chooses one, and the shopper is asked to open it.
enum TabChooser {
    private static let columnsMax = 72

    /// Over the top of the pane: a line of keys, and a line for each tab.
    static func draw(
        _ tabs: [ViewTab], chosen: Int, into screen: inout Screen, pane: Rectangle, theme: Theme
    ) {
        let columns = min(pane.columns - 2, self.columnsMax)
        let area = Rectangle(
            column: pane.column + (pane.columns - columns) / 2, row: pane.row + 1, columns: columns,
            rows: min(tabs.count + 1, pane.rows - 1))
        screen.fill(area, with: theme.panel)
        self.put(
            "The shopper's other tabs · Enter asks for one · Esc closes", row: area.row, in: area, into: &screen,
            style: theme.style(theme.accent, .bold))
        for (index, tab) in tabs.prefix(area.rows - 1).enumerated() {
            let isChosen = tab.number == chosen
            self.put(
                "\(isChosen ? "▸" : " ") \(index + 1) \(self.name(tab))"
                    + (tab.title.isEmpty ? "" : "  " + Words.path(tab.url)),
                row: area.row + 1 + index, in: area, into: &screen,
                style: isChosen ? theme.style(theme.text, .bold) : theme.style(theme.muted))
        }
    }

    private static func put(
        _ text: String, row: Int, in area: Rectangle, into screen: inout Screen, style: Style
    ) {
        screen.put(
            SafeText(text).truncated(toColumns: area.columns - 2), column: area.column + 1, row: row, style: style,
            clip: area)
    }

    /// A tab is told by its title, and by its address where it has none.
    static func name(_ tab: ViewTab) -> String { tab.title.isEmpty ? Words.address(tab.url) : tab.title }
}

extension Model {
    /// The other tabs that the shown session's shopper has; none while the seat is not live.
    var otherTabs: [ViewTab] {
        guard let session = self.shown, session.presence == .live else { return [] }
        return session.view?.page.tabs ?? []
    }

    /// The list to choose from; nil while it is not shown, or has nothing in it any more.
    var tabChoice: (tabs: [ViewTab], chosen: Int)? {
        let tabs = self.otherTabs
        guard let wanted = self.chosenTab, let first = tabs.first else { return nil }
        return (tabs, tabs.contains { $0.number == wanted } ? wanted : first.number)
    }

    mutating func showTabs() {
        guard self.shownIndex != nil else { return }
        self.chosenTab = self.otherTabs.first?.number
        if self.chosenTab == nil { self.say("The shopper has no other tab of this shop that can be asked for.") }
    }

    /// Moves in the list, asks for the tab chosen, or closes the list.
    mutating func chooseTab(_ tabs: [ViewTab], _ chosen: Int, with stroke: Stroke) -> [Effect] {
        let index = tabs.firstIndex { $0.number == chosen } ?? 0
        if stroke == .character("j") || stroke == Stroke(.down) {
            self.chosenTab = tabs[min(index + 1, tabs.count - 1)].number
            return []
        }
        if stroke == .character("k") || stroke == Stroke(.up) {
            self.chosenTab = tabs[max(index - 1, 0)].number
            return []
        }
        self.chosenTab = nil
        if stroke == .control("c") { return self.perform(.interrupt) }
        if stroke == Stroke(.enter) { return self.ask(for: tabs[index]) }
        let named = tabs.indices.first { stroke == .character(Character(String($0 + 1))) }
        return named.map { self.ask(for: tabs[$0]) } ?? []
    }

    /// The shopper is asked, and stays in charge: what comes of it arrives as an answer.
    private mutating func ask(for tab: ViewTab) -> [Effect] {
        guard self.link.isReady, let number = self.shown?.number, let wanted = UInt32(exactly: tab.number) else {
            return []
        }
        self.say("The shopper is asked to open the tab: \(TabChooser.name(tab))")
        return [.send(.ask(number: number, Ask(.tab(wanted))))]
    }

    mutating func answerArrived(_ answer: Answer, number: UInt32) {
        guard self.index(ofNumber: number) != nil else { return }
        switch answer.word {
        case .yes: self.say("The shopper goes to the tab that was asked for.")
        case .no: self.say("The shopper would rather not open the other tab.")
        case .lapsed: self.say("The shopper did not go to the tab that was asked for.")
        case .gone: self.say("The tab that was asked for is closed.")
        }
    }
}
