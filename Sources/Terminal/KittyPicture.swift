/// A picture for the kitty graphics protocol: sent once, scaled by the terminal, deleted by its number.
///
/// https://sw.kovidgoyal.net/kitty/graphics-protocol/. Nothing but our own letters, digits and base64 is written.
enum KittyPicture {
    /// Samples of one picture each way: in base64 they fill one escape of 4096 bytes, the most that the protocol takes.
    static let samplesMax = 32
    /// What our pictures are numbered from: the terminal shares numbers with other programs.
    private static let firstNumber = 0x0A11_0000

    /// Appends the picture at the cursor, under the text and over the cells' grounds; the cursor stays, and the
    /// terminal says nothing.
    static func append(_ picture: ScreenPicture, slot: Int, to out: inout [UInt8]) {
        let columns = min(picture.area.columns * 2, Self.samplesMax)
        let rows = min(picture.area.rows * 2, Self.samplesMax)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(columns * rows * 3)
        for row in 0..<rows {
            for column in 0..<columns {
                let (red, green, blue) = picture.colour(
                    x: (Double(column) + 0.5) / Double(columns), y: (Double(row) + 0.5) / Double(rows))
                bytes += [UInt8(clamping: red), UInt8(clamping: green), UInt8(clamping: blue)]
            }
        }
        out.append(ascii: "\u{1B}_Ga=T,f=24,q=2,C=1,z=-1,p=1,i=")
        out.append(decimal: Self.firstNumber + slot)
        for (key, value) in [("s", columns), ("v", rows), ("c", picture.area.columns), ("r", picture.area.rows)] {
            out.append(0x2C)
            out += Array(key.utf8)
            out.append(0x3D)
            out.append(decimal: value)
        }
        out.append(0x3B)
        out.append(base64: bytes)
        out.append(ascii: "\u{1B}\\")
    }

    /// Appends what takes the picture of a slot away and frees its data.
    static func appendDeletion(slot: Int, to out: inout [UInt8]) {
        out.append(ascii: "\u{1B}_Ga=d,d=I,q=2,i=")
        out.append(decimal: Self.firstNumber + slot)
        out.append(ascii: "\u{1B}\\")
    }
}
