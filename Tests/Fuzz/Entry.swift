import FuzzTargets
import Glibc

/// The target named by the environment; the fuzzer's command line is its own.
private let target: FuzzTarget = {
    // The environment is read before any second thread exists.
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError("FUZZ_TARGET is one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return target
}()

/// What libFuzzer calls for every input: `count` bytes at `start`, valid for this call.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(BrokenPromise) {
        // libFuzzer's contract: the bytes live until this function returns, and they are copied here.
        try target.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        fatalError("broken promise: \(error.description)")
    }
    return 0
}
