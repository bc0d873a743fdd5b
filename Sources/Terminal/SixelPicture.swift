/// A picture as DEC sixels (DEC STD 070, chapter 9; VT330/VT340 Programmer Reference Manual, volume 2, chapter 14).
///
/// Nothing but digits and the letters of the format is written: everything comes from numbers. Six rows of pixels make
/// a band; each band shows one row of samples.
enum SixelPicture {
    /// Bytes of one picture at most; one that needs more stays as characters.
    static let bytesMax = 65_536
    /// Rows of pixels in a band.
    private static let bandRows = 6
    /// Px of a sample across at least: finer than a quarter of a cell shows nothing of a thumbnail.
    private static let sampleWidth = 4
    /// Bytes that one run of pixels costs at most: its colour (`#255`), skip and repeat (`!1600?!99~`), and `$`.
    private static let runBytes = 16
    /// Bytes of the colours at most.
    private static let headBytes = 8_192

    /// Appends the sixels that fill the picture's cells, with the cursor addressed to its corner before. Returns false,
    /// and appends nothing, where they were too many bytes, or coarser than the quarters of its cells for want of them.
    static func append(
        _ picture: ScreenPicture, cell: CellPixels, registers: Int, to out: inout [UInt8]
    ) -> Bool {
        let (width, height) = (picture.area.columns * cell.width, picture.area.rows * cell.height)
        let bands = (height + Self.bandRows - 1) / Self.bandRows
        let columns = max(min(width / Self.sampleWidth, (Self.bytesMax - Self.headBytes) / (bands * Self.runBytes)), 1)
        guard columns >= min(picture.area.columns * 2, picture.seenColumns, width / Self.sampleWidth)
        else { return false }
        var samples: [UInt32] = []
        samples.reserveCapacity(columns * bands)
        for band in 0..<bands {
            let y = min((Double(band) + 0.5) * Double(Self.bandRows) / Double(height), 1)
            for column in 0..<columns {
                let (red, green, blue) = picture.colour(x: (Double(column) + 0.5) / Double(columns), y: y)
                samples.append(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
            }
        }
        let palette = ColourQuantiser.reduced(samples, to: registers)
        let start = out.count
        Self.appendHead(width, height, palette.colours, to: &out)
        for band in 0..<bands {
            let mask = (1 << min(height - band * Self.bandRows, Self.bandRows)) - 1
            Self.appendBand(
                palette.indices[(band * columns)..<((band + 1) * columns)], width: width, mask: UInt8(mask), to: &out)
            guard out.count - start <= Self.bytesMax else {
                out.removeSubrange(start...)
                return false
            }
        }
        out.append(ascii: "\u{1B}\\")
        return true
    }

    /// `DCS 0;0;0 q`, the raster (square pixels, the size) and the colours in percent.
    private static func appendHead(_ width: Int, _ height: Int, _ colours: [UInt32], to out: inout [UInt8]) {
        out.append(ascii: "\u{1B}P0;0;0q\"1;1;")
        out.append(decimal: width)
        out.append(0x3B)
        out.append(decimal: height)
        for (number, colour) in colours.enumerated() {
            out.append(0x23)
            out.append(decimal: number)
            out.append(ascii: ";2")
            for shift: UInt32 in [16, 8, 0] {
                out.append(0x3B)
                out.append(decimal: (Int(colour >> shift & 0xFF) * 100 + 127) / 255)
            }
        }
    }

    /// A band: for each of its colours the runs that show it, then back to its start; `-` ends it.
    private static func appendBand(_ indices: ArraySlice<UInt8>, width: Int, mask: UInt8, to out: inout [UInt8]) {
        var isDone = [Bool](repeating: false, count: 256)
        for (place, index) in indices.enumerated() where !isDone[Int(index)] {
            isDone[Int(index)] = true
            if place > 0 { out.append(0x24) }
            out.append(0x23)
            out.append(decimal: Int(index))
            var written = 0
            var end = 0
            for (column, other) in indices.enumerated() where column >= place && other == index {
                let start = column * width / indices.count
                if start > end {
                    Self.append(0x3F + mask, count: end - written, to: &out)
                    Self.append(0x3F, count: start - end, to: &out)
                    written = start
                }
                end = (column + 1) * width / indices.count
            }
            Self.append(0x3F + mask, count: end - written, to: &out)
        }
        out.append(0x2D)
    }

    /// A sixel `count` times, in the shorter of both spellings.
    private static func append(_ sixel: UInt8, count: Int, to out: inout [UInt8]) {
        guard count > 3 else {
            for _ in 0..<max(count, 0) { out.append(sixel) }
            return
        }
        out.append(0x21)
        out.append(decimal: count)
        out.append(sixel)
    }
}
