import AuditStore
import Glibc

// audit-benchmarks write DIR MEGABYTES    fills a log with the real writer, and leaves sessions open
// audit-benchmarks rates DIR              the most frames a second that are hashed and accounted for
// audit-benchmarks latency DIR            what the log adds to a frame's way, in nanoseconds
// Standard input gives the key that signs checkpoints, or nothing.
// DIR holds a log afterwards; `rates` and `latency` begin in an empty one.

func fail(_ words: String) -> Never {
    print(words)
    exit(1)
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("write", 3):
    guard let megabytes = Int(arguments[2]) else { fail("no number of megabytes: \(arguments[2])") }
    LogFiller(directory: arguments[1]).run(bytes: megabytes * 1_000_000)
case ("rates", 2): FrameRates(directory: arguments[1]).run()
case ("latency", 2): FrameWay(directory: arguments[1]).run()
default: fail("usage: audit-benchmarks write DIR MEGABYTES | rates DIR | latency DIR")
}
