/// Why a page could not be looked at, in words, and the exit code that says so to a program.
package struct MaskLintError: Error, Equatable, CustomStringConvertible {
    package let description: String
    /// 1: the page or the browser failed; 69 (`EX_UNAVAILABLE`): there is no browser.
    package let exitCode: Int32

    init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }
}
