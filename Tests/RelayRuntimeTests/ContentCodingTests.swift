import Testing

@testable import RelayRuntime

@Suite struct ContentCodingTests {
    @Test(arguments: [
        "gzip", "gzip, deflate, br, zstd", "deflate,gzip", "GZIP", "x-gzip", "*", "br, *;q=0.1", "gzip;q=0.001",
        "gzip ; q=1.000 , identity", "identity;q=0.5, gzip;q=0.5", "identity;q=0, gzip", " ,gzip,\t", "gzip;Q=0.3",
        "identity;q=0.2, *",
    ]) func gzipIsWhatIsPreferred(_ header: String) {
        #expect(ContentCoding.preferred(by: header) == .gzip)
    }

    @Test(arguments: [
        nil, "", "identity", "br", "deflate, zstd", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *",
        "identity, gzip;q=0.9", "identity;q=0.5, *;q=0.4", "gzipped", "gzip;q=2", "gzip;q=-1", "gzip;q=0.1234",
        "gzip;level=9", "gzip;", "gzip;q=", "gzip q=1", "\"gzip\"", "identity;q=0, br", ",,;;,",
    ]) func whoeverDoesNotPreferGzipGetsTheBytesAsTheyAre(_ header: String?) {
        #expect(ContentCoding.preferred(by: header) == .identity)
    }
}
