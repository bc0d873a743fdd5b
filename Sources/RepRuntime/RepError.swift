/// Something of the world that failed in the rep's client, in a sentence for its user.
package struct RepError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
