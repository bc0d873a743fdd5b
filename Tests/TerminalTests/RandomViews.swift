import PageView

/// Views at random: pages of boxes, lines, pictures and controls whose words try to harm the terminal.
struct RandomViews {
    private var random: SplitMix64

    /// Control sequences in every spelling, bidi overrides, marks without end, wide and joined letters.
    private static let words = [
        "Postcode", "SW1A 1AA – full postcode", "Add to basket", "£1.299,00 …", "a", "",
        "\u{1B}[2J\u{1B}[31mred", "\u{9B}31mred\u{9C}", "\u{1B}]0;title\u{7}x", "\u{1B}]52;c;aGk=\u{1B}\\y",
        "\u{9D}52;c;aGk=\u{9C}", "\u{1B}P$qm\u{1B}\\z", "\u{90}+q544e\u{9C}", "\u{1B}_Ga=T,f=100;AAAA\u{1B}\\",
        "\u{1B}]8;;https://bank.example\u{1B}\\link", "\u{1B}[6n\u{1B}[c", "\u{1B}[?1049l\u{1B}c",
        "\u{E}\u{F}\u{1B}(0lqk",
        "one\rtwo\ntree\u{B}\u{C}\u{85}\u{2028}\u{2029}five", "q\u{0}\u{8}\u{7F}\tr",
        "abc\u{202E}fed\u{202C} \u{2067}x\u{2069}\u{61C}", "שלום עולם \u{200F}123", "مرحبا بالعالم",
        "z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30A}\u{30B}\u{30C}a\u{489}lgo",
        "\u{301}\u{20DD}bare marks", "漢字かな交じり文", "한국어 페이지 각", "ｗｉｄｅ ａ", "東京 Tower 東京",
        "👩\u{200D}👧 family", "👨\u{200D}👩\u{200D}👧\u{200D}👦", "❤\u{FE0F} ☎\u{FE0E} 1\u{FE0F}\u{20E3}", "👍🏽👍🏿 ok", "🇬🇧🇪🇪🇫",
        "🛒 Basket", "\u{200D}\u{FE0F}\u{200B}\u{FEFF}hidden\u{2060}\u{AD}", "\u{E0067}\u{E007F}tags",
        "\u{10EEEE}\u{305}\u{E000}\u{F8FF} private", "\u{FFFE}\u{FFFF}\u{10FFFF}", "\u{3164}\u{115F}\u{1160}fillers",
        "ক্ষি क्षि नमस्ते", "กำ ไทย", "│┌─┐ ▏▕▔▁ ▒", String(repeating: "long ", count: 80),
        String(repeating: "\u{1B}[", count: 40), String(repeating: "か", count: 120),
    ]
    /// Scalars that this libvterm takes for marks or for wide, against every version of Unicode.
    private static let misjudged = Set<UInt32>([0x6DD, 0x6DE, 0x70F]).union(Set(0x3248...0x324F))
    private static let colours: [UInt32] = [
        0, 255, 0xFFFF_FFFF, 0xE457_2EFF, 0x1A73_E880, 0xC5CE_D9FF, 0x0000_0066, 0xFFFF_0001,
    ]
    private static let places = [-500, -30, -1, 0, 3, 8, 17, 40, 64, 100, 160, 240, 310, 900]
    private static let lengths = [0, 1, 3, 8, 14, 16, 20, 38, 60, 110, 200, 340, 2000]

    init(seed: UInt64) {
        self.random = SplitMix64(seed: seed)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.random) }

    private mutating func one<Element>(of elements: [Element]) -> Element {
        elements[self.number(0...elements.count - 1)]
    }

    /// A word of the list, or letters from anywhere in Unicode.
    mutating func words() -> String {
        guard self.number(0...5) == 0 else { return self.one(of: Self.words) }
        var text = String.UnicodeScalarView()
        for _ in 0..<self.number(1...12) {
            let top = self.one(of: [0xFF, 0x3FF, 0x2FFF, 0xFFFF, 0x1FFFF, 0x10FFFF])
            let number = UInt32(self.number(0...top))
            if let scalar = Unicode.Scalar(number), !Self.misjudged.contains(number) { text.append(scalar) }
        }
        return String(text)
    }

    private mutating func quoted() -> String {
        var text = "\""
        for scalar in self.words().unicodeScalars {
            for unit in String(Character(scalar)).utf16 {
                text += "\\u" + String(String(UInt32(unit) + 0x10000, radix: 16).dropFirst())
            }
        }
        return text + "\""
    }

    private mutating func rect() -> String {
        let numbers = [Self.places, Self.places, Self.lengths, Self.lengths].map { String(self.one(of: $0)) }
        return numbers.joined(separator: ",")
    }

    private mutating func colour() -> UInt32 { self.one(of: Self.colours) }

    private mutating func border() -> String {
        switch self.number(0...3) {
        case 0: "0"
        case 1: "[1,\(self.colour())]"
        case 2: "[0,0,1,\(self.colour()),3,\(self.colour()),0,0]"
        default: "[\(self.number(0...4)),\(self.colour())]"
        }
    }

    private mutating func item() -> String {
        switch self.number(0...9) {
        case 0...1:
            return "[\"b\",\(self.rect()),\(self.colour()),\(self.border()),\(self.number(0...9)),"
                + "\(self.number(0...12) == 0 ? 1 : 0)]"
        case 2...6:
            let flags = self.one(of: [0, 1, 2, 4, 8, 16, 32, 64, 256, 288, 289, 511])
            return
                "[\"t\",\(self.rect()),\(self.quoted()),\(self.colour()),\(flags),\(self.one(of: [0, 7, 12, 16, 28]))]"
        case 7:
            return "[\"m\",\(self.rect()),\"card\",\(self.colour()),14]"
        case 8:
            let kind = self.one(of: ["image", "svg", "icon", "canvas", "video", "frame"])
            let colours = self.one(of: [
                "", "", ",2,\"f00f0f0f00ffffff\"", ",3,\"f008000fabcf1230456f89af\"", ",1,\"777f\"",
            ])
            return "[\"i\",\(self.rect()),\"\(kind)\",\(self.quoted()),\(self.colour())\(colours)]"
        default:
            let kind = self.one(of: [
                "text", "password", "area", "select", "check", "radio", "range", "file", "colour", "date",
            ])
            return "[\"f\",\(self.rect()),\"\(kind)\",\(self.number(0...511)),\(self.quoted()),\(self.quoted()),"
                + "\(self.colour()),\(self.border()),\(self.colour()),14,\(self.quoted())]"
        }
    }

    /// A page of up to four layers.
    mutating func view() throws -> View {
        var blocks: [String] = []
        for id in 1...self.number(1...4) {
            let items = (0..<self.number(1...9)).map { _ in self.item() }.joined(separator: ",")
            blocks.append(
                "[\(id),\(self.number(0...3)),\(self.one(of: Self.places)),\(self.one(of: Self.places)),[\(items)]]")
        }
        let layers =
            "[0,0,0,0,0,320,900,0,\(self.number(0...40))],[1,0,1,0,0,320,40,0,0],"
            + "[2,0,2,20,60,200,90,0,\(self.number(0...50))],"
            + "[3,0,3,40,40,220,120,0,0,\(self.number(40...100))]"
        let body = """
            {"page":{"id":\(self.number(1...3)),"url":\(self.quoted()),"title":\(self.quoted())},"viewport":[320,240],
            "size":[320,900],"ground":4294967295,"layers":[\(layers)],"blocks":[\(blocks.joined(separator: ","))]}
            """
        return try View(keyframe: Array(body.utf8))
    }
}
