import Foundation
import PageView
import Testing
import Wire

/// `Protocol/vectors/view.json`, which the embed script's tests read too.
@Suite struct ViewVectorTests {
    private let vectors: JSONValue

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Protocol/vectors/view.json")
        self.vectors = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    }

    @Test func everyViewPlacesItsLinesWhereItsVectorSays() throws {
        let views = try #require(self.vectors["views"]?.array)
        #expect(views.count >= 6)
        for vector in views {
            let name = try #require(vector["name"]?.string)
            let view = try self.view(vector)
            let lines = view.placedItems(in: .everything).compactMap { placed -> JSONValue? in
                guard case .text(let text) = placed.item else { return nil }
                let rect = placed.rect
                return .array(
                    [.string(text.text)] + [rect.x, rect.y, rect.width, rect.height].map { JSONValue.number($0) })
            }
            #expect(JSONValue.array(lines) == vector["lines"], "\(name)")
        }
    }

    @Test func everyRefusedBodyThrowsItsErrorAndChangesNothing() throws {
        let refused = try #require(self.vectors["refused"]?.array)
        #expect(refused.count >= 20)
        for vector in refused {
            let name = try #require(vector["name"]?.string)
            let expected = try #require(ViewError(rawValue: vector["error"]?.string ?? ""))
            let bytes = vector["text"]?.string.map { Array($0.utf8) } ?? vector["body"]?.bytes ?? []
            var view = try self.base(of: vector)
            let before = view
            #expect(throws: expected, "\(name)") {
                switch vector["kind"]?.string {
                case "keyframe": _ = try View(keyframe: bytes)
                case "delta": try view?.apply(ViewDelta(bytes))
                case "scroll": _ = try ViewScroll(bytes)
                case "press": _ = try ViewPress(bytes)
                default: _ = try ViewCursor(bytes)
                }
            }
            #expect(view == before, "\(name)")
        }
    }

    @Test func applyingADeltaTwiceIsTheSameAsOnce() throws {
        for vector in try #require(self.vectors["views"]?.array) {
            var view = try self.view(vector)
            let once = view
            try self.applyAll(of: vector, to: &view)
            #expect(view == once)
        }
    }

    private func view(_ vector: JSONValue) throws -> View {
        var view = try View(keyframe: try #require(vector["keyframe"]))
        try self.applyAll(of: vector, to: &view)
        return view
    }

    private func applyAll(of vector: JSONValue, to view: inout View) throws {
        for step in try #require(vector["then"]?.array) {
            let body = try #require(step["body"])
            if step["kind"] == .string("delta") {
                try view.apply(ViewDelta(body))
            } else {
                view.apply(try ViewScroll(body))
            }
        }
    }

    private func base(of vector: JSONValue) throws -> View? {
        guard let name = vector["base"] else { return nil }
        let base = try #require(self.vectors["views"]?.array?.first { $0["name"] == name })
        return try self.view(base)
    }
}
