import PageView

/// What the shopper's cursor is over, or where the shopper types, in words for the status line.
enum PointedAt {
    private static let lettersMax = 40

    /// `Postcode, text field, refused`; nil over plain ground.
    static func words(for point: ViewPoint, in view: View, lettersMax: Int = Self.lettersMax) -> String? {
        guard let hit = view.hit(at: point), !hit.name.isEmpty else { return nil }
        return ([RightToLeft.line(String(hit.name.prefix(lettersMax)))] + self.role(of: hit.placed.item)).joined(
            separator: ", ")
    }

    /// What to write beside the shopper's cursor: the name of a thing whose own words do not say it, a field or a
    /// picture. Nil over all else.
    static func label(for point: ViewPoint, in view: View) -> String? {
        guard let hit = view.hit(at: point), !hit.name.isEmpty else { return nil }
        switch hit.placed.item {
        case .control, .image: return RightToLeft.line(String(hit.name.prefix(self.lettersMax)))
        case .box, .text, .masked: return nil
        }
    }

    /// The name of the control that has the focus; nil where none has.
    static func focus(in view: View) -> String? {
        for block in view.blocks {
            for case .control(let control) in block.items where control.state.contains(.focused) {
                let name = control.name.isEmpty ? control.hint : control.name
                return
                    ([name.isEmpty ? "unnamed" : String(name.prefix(self.lettersMax))]
                    + self.role(of: .control(control)))
                    .joined(separator: ", ")
            }
        }
        return nil
    }

    private static func role(of item: ViewItem) -> [String] {
        switch item {
        case .box(let box): box.isHatched ? [] : ["button"]
        case .text(let text):
            text.flags.contains(.label) ? ["button"] : text.flags.contains(.link) ? ["link"] : ["text"]
        case .masked: []
        case .image(let image): image.kind == .frame ? ["frame"] : ["picture"]
        case .control(let control): [self.role(of: control)] + (control.state.contains(.invalid) ? ["refused"] : [])
        }
    }

    private static func role(of control: ViewControl) -> String {
        switch control.kind {
        case .text: "text field"
        case .password: "password field"
        case .area: "text area"
        case .select: "list"
        case .check: "check box"
        case .radio: "radio button"
        case .range: "slider"
        case .file: "file field"
        case .colour: "colour field"
        case .date: "date field"
        }
    }
}
