import Glibc

/// Where Chromium is.
enum ChromiumPath {
    /// The names that distributions give it, the plainest first.
    static let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]

    /// `chosen`, or the first of `names` in the folders of `path`, a PATH. Throws where there is none.
    static func find(chosen: String?, path: String?) throws(MaskLintError) -> String {
        if let chosen {
            guard Self.isProgram(chosen) else {
                throw MaskLintError("\(chosen) is not a program that can be run.", exitCode: 69)
            }
            return chosen
        }
        for name in Self.names {
            for folder in (path ?? "").split(separator: ":") where Self.isProgram("\(folder)/\(name)") {
                return "\(folder)/\(name)"
            }
        }
        throw MaskLintError(
            "There is no Chromium on the PATH (looked for \(Self.names.joined(separator: ", "))); "
                + "install one, or name it with --chromium FILE.", exitCode: 69)
    }

    private static func isProgram(_ file: String) -> Bool {
        var facts = stat()
        guard unsafe stat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return false }
        return unsafe access(file, X_OK) == 0
    }
}
