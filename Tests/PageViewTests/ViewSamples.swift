import PageView
import Testing

/// Views written as JSON, for tests.
enum ViewSamples {
    /// A keyframe of 400 by 300 px with these layers and blocks (JSON lists without the outer brackets).
    static func view(layers: String = "[0,0,0,0,0,400,300,0,0]", blocks: String) throws -> View {
        try View(keyframe: Array(self.keyframe(layers: layers, blocks: blocks).utf8))
    }

    static func keyframe(layers: String = "[0,0,0,0,0,400,300,0,0]", blocks: String) -> String {
        """
        {"page":{"id":1,"url":"https://shop.example/","title":"Shop","language":"en"},"viewport":[400,300],
        "size":[400,300],"ground":4294967295,"layers":[\(layers)],"blocks":[\(blocks)]}
        """
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every run.
    struct Dice {
        var state: UInt64

        mutating func roll(_ count: Int) -> Int {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = self.state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(count))
        }
    }
}
