/// A form control.
package struct ViewControl: Equatable, Sendable {
    /// A type this program does not know is `text`.
    package enum Kind: String, Sendable, CaseIterable {
        case text, password, area, select, check, radio, range, file, colour, date
    }

    /// The bits of `Protocol/view.md`.
    package struct State: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let focused = State(rawValue: 1)
        package static let disabled = State(rawValue: 2)
        package static let checked = State(rawValue: 4)
        package static let invalid = State(rawValue: 8)
        package static let required = State(rawValue: 16)
        package static let masked = State(rawValue: 32)
        package static let empty = State(rawValue: 64)
        package static let readOnly = State(rawValue: 128)
        package static let indeterminate = State(rawValue: 256)
    }

    package var rect: ViewRect
    package var kind: Kind
    package var state: State
    /// What it shows; always empty for a masked control, whatever the peer sent.
    package var value: String
    /// The placeholder, shown while it is empty.
    package var hint: String
    package var fill: ViewColour
    package var border: ViewBorder
    package var colour: ViewColour
    /// Font size in px.
    package var size: Double
    /// The accessible name; empty when unknown.
    package var name: String

    /// Whether a value is in it that the rep may not see.
    package var hidesValue: Bool {
        self.state.contains(.masked) && !self.state.contains(.empty)
    }
}
