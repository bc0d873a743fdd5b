import CZlib

/// Inflates a whole body of raw DEFLATE (RFC 1951) under bounds.
///
/// The body comes from a peer: a kilobyte of it can claim a gigabyte, so output stops growing at the bound and no more
/// is allocated than twice what was produced. Stateless; any thread may call it.
package enum RawInflate {
    /// The size at which output starts; most views of a page fit.
    private static let outputBytesMin = 16 * 1024

    /// Returns the content of `body`.
    ///
    /// - Parameters:
    ///   - body: one complete raw DEFLATE stream and nothing after it.
    ///   - byteCountMax: the most bytes the content may have.
    ///   - ratioMax: the most bytes of content for each byte of `body`.
    package static func inflate(
        _ body: some Collection<UInt8>, byteCountMax: Int, ratioMax: Int
    ) throws(InflateError) -> [UInt8] {
        var input = Array(body)
        guard !input.isEmpty else { throw .cutShort }
        let (scaled, overflow) = input.count.multipliedReportingOverflow(by: ratioMax)
        let bound = overflow ? byteCountMax : Swift.min(byteCountMax, scaled)
        return try self.inflate(&input, bound: bound)
    }

    /// Runs zlib over `input`, doubling the output until the stream ends or `bound` is passed.
    private static func inflate(_ input: inout [UInt8], bound: Int) throws(InflateError) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe czlib_inflate_raw_init(&stream) == Z_OK else { throw .outOfMemory }
        defer { unsafe inflateEnd(&stream) }

        var output: [UInt8] = []
        var produced = 0
        var consumed = 0
        while true {
            // One byte past the bound is room to notice that the content is too long.
            let capacity = Swift.min(bound + 1, Swift.max(Self.outputBytesMin, produced * 2))
            output.append(contentsOf: repeatElement(0, count: capacity - output.count))
            let status = unsafe Self.step(&stream, &input, from: &consumed, into: &output, at: &produced)
            guard produced <= bound else { throw .tooLarge }
            switch status {
            case Z_STREAM_END:
                guard consumed == input.count else { throw .malformed }
                output.removeLast(output.count - produced)
                return output
            case Z_OK where produced == output.count:
                continue
            case Z_OK, Z_BUF_ERROR:
                throw .cutShort
            case Z_MEM_ERROR:
                throw .outOfMemory
            default:
                throw .malformed
            }
        }
    }

    /// One call of zlib's `inflate` with everything that is left on both sides; moves both positions on.
    private static func step(
        _ stream: inout z_stream, _ input: inout [UInt8], from consumed: inout Int, into output: inout [UInt8],
        at produced: inout Int
    ) -> CInt {
        let inputCount = input.count - consumed
        let outputCount = output.count - produced
        let (inputStart, outputStart) = (consumed, produced)
        let status = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = unsafe source.baseAddress.map { unsafe $0 + inputStart }
                unsafe stream.avail_in = UInt32(clamping: inputCount)
                unsafe stream.next_out = unsafe target.baseAddress.map { unsafe $0 + outputStart }
                unsafe stream.avail_out = UInt32(clamping: outputCount)
                return unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
            }
        }
        consumed += inputCount - Int(unsafe stream.avail_in)
        produced += outputCount - Int(unsafe stream.avail_out)
        return status
    }
}
