internal import AuditCore

/// The files in `tile/`, held against the tree that the records give. Used by one verification.
struct TileCheck {
    private struct Place: Hashable {
        let kind: TilePath.Kind
        let index: UInt64
    }

    private let disk: AuditDisk
    /// The files that are there or must be.
    private var files: [Place: Set<TilePath>] = [:]
    /// What is in the partial ones, read at the beginning; nil for one that is not there.
    private var partials: [TilePath: [UInt8]?] = [:]
    private var required: UInt64 = 0

    init(_ disk: AuditDisk) {
        self.disk = disk
    }

    /// Lists the directory, and what trees of `sizes` records must have.
    mutating func list(sizes: [UInt64], _ damaged: (LogReport.Damage) -> Void) throws(AuditStoreError) {
        self.required = sizes.max() ?? 0
        for path in sizes.flatMap({ TilePath.partials(ofSize: $0) }) where self.partials[path] == nil {
            self.partials[path] = .some(try self.contents(path))
            self.files[Place(kind: path.kind, index: path.index), default: []].insert(path)
        }
        for name in try self.disk.files("tile") {
            guard let path = TilePath(name) else {
                damaged(LogReport.Damage(file: name, reason: "is no tile's name"))
                continue
            }
            self.files[Place(kind: path.kind, index: path.index), default: []].insert(path)
            guard path.isPartial, self.partials[path] == nil else { continue }
            // One that a writer took away since has been of no use any more.
            if let bytes = try self.contents(path) { self.partials[path] = .some(bytes) }
        }
    }

    /// The files at the place of `file`, which has what the records give, that are not as they must be.
    mutating func differing(_ file: TileTree.File) throws(AuditStoreError) -> [TilePath] {
        let place = Place(kind: file.path.kind, index: file.path.index)
        var there = self.files.removeValue(forKey: place) ?? []
        if !file.path.isPartial, file.path.end <= self.required { there.insert(file.path) }
        var differing: [TilePath] = []
        for path in there where path.width <= file.path.width {
            let bytes = path.isPartial ? self.partials[path] ?? nil : try self.contents(path, file.bytes.count)
            if bytes != Self.prefix(file, path.width) { differing.append(path) }
        }
        let beyond = there.filter { $0.width > file.path.width }
        return (differing + beyond).sorted { $0.width < $1.width }
    }

    /// The files at places where a tree of `size` records has none.
    func rest(size: UInt64) -> [(file: String, reason: String)] {
        self.files.values.flatMap { $0 }.map { ($0.text, "reaches beyond the \(size) entries of the log") }.sorted {
            $0.0 < $1.0
        }
    }

    /// A partial file.
    private func contents(_ path: TilePath) throws(AuditStoreError) -> [UInt8]? {
        let one = path.kind == .entries ? AuditLimits.recordBytesMax + 2 : TilePath.hashBytes
        return try self.contents(path, path.width * one)
    }

    /// At most `bytesMax` bytes of a file and one more; nil if it is not there.
    private func contents(_ path: TilePath, _ bytesMax: Int) throws(AuditStoreError) -> [UInt8]? {
        do throws(AuditStoreError) {
            return try self.disk.readPart(path.text, 0, bytesMax + 1)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    private static func prefix(_ file: TileTree.File, _ width: Int) -> [UInt8] {
        if width == file.path.width { return file.bytes }
        guard file.path.kind == .entries else { return Array(file.bytes.prefix(width * TilePath.hashBytes)) }
        let records = TileTree.records(inBundle: file.bytes) ?? []
        return Array(file.bytes.prefix(records.prefix(width).reduce(0) { $0 + 2 + $1.count }))
    }
}
