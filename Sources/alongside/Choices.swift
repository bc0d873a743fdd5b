import ArgumentParser
import Terminal

/// The values of `--color`.
enum ColourChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case rgb
    case indexed = "256"
    case palette = "16"
    case none

    /// Nil lets the terminal's answers decide.
    var depth: ColourDepth? {
        switch self {
        case .auto: nil
        case .rgb: .truecolour
        case .indexed: .indexed
        case .palette: .palette
        case .none: ColourDepth.none
        }
    }
}

/// The values of `--pictures`.
enum PictureChoice: String, ExpressibleByArgument, CaseIterable {
    /// The kitty graphics protocol or sixels, where the terminal says that it has them.
    case auto
    /// Characters everywhere.
    case blocks
}

/// The value of `--size`: `200x56`.
struct SizeChoice: ExpressibleByArgument {
    let columns: Int
    let rows: Int

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    init?(argument: String) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let columns = Int(parts[0]), let rows = Int(parts[1]),
            (1...ScreenSize.columnsMax).contains(columns), (1...ScreenSize.rowsMax).contains(rows)
        else { return nil }
        self.init(columns: columns, rows: rows)
    }

    var defaultValueDescription: String { "\(self.columns)x\(self.rows)" }
}
