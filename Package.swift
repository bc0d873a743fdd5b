// swift-tools-version: 6.2
import PackageDescription

/// One list for every room: Swift 6 mode, strict memory safety, no warning survives.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

/// A room: one folder of `Sources`, with the house settings.
func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: house)
}

/// An executable: flags and wiring only.
func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

/// The tests of one room.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["Support"], path: "Tests/\(name)", exclude: exclude,
        swiftSettings: house)
}

let package = Package(
    name: "alongside",
    products: [
        .executable(name: "alongsided", targets: ["alongsided"]),
        .executable(name: "alongside", targets: ["alongside"]),
        .executable(name: "alongside-audit", targets: ["alongside-audit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C, each behind one module.
        .systemLibrary(name: "CLibwebsockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
        .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Pure: facts in, actions out.
        room("Wire"),
        room("RelayCore", ["Wire"]),
        room("PairingCore", ["Wire"]),
        room("Metrics", ["Wire", histogram]),
        room("OpenSSH", [crypto]),
        room("Age", ["OpenSSH", crypto]),
        room("AuditCore", ["Wire", crypto]),
        room("PageView", ["Wire"]),
        room("Terminal"),
        room("RepConsole", ["Wire", "PageView", "Terminal"]),

        // Shells: they touch the world.
        room("Deflate", ["CZlib"]),
        room("AuditStore", ["Wire", "AuditCore", "Age"]),
        room("WebSocketTransport", ["Wire", "CLibwebsockets", "CLibuv"]),
        room(
            "Embed", exclude: ["src", "tsconfig.json"],
            resources: ["alongside.js", "session.js", "words", "zipped"].map { .embedInCode($0) }),
        room(
            "MaskLint", ["Wire", "PageView", "Terminal", "RepConsole"], resources: [.embedInCode("lint.js")]),
        room("DemoShop", resources: [.embedInCode("pages")]),
        room(
            "RelayRuntime",
            [
                "Wire", "RelayCore", "PairingCore", "OpenSSH", "Age", "AuditCore", "AuditStore", "WebSocketTransport",
                "CSystemd", "Embed", "DemoShop", "Metrics", crypto, logging, toml,
            ]),
        room("PageReading", ["Wire", "PageView", "Deflate", "RepConsole"]),
        room(
            "AuditReplay",
            ["Wire", "Age", "AuditCore", "AuditStore", "PageView", "PageReading", "Terminal", "RepConsole"]),
        room("AuditIndex", ["Wire", "AuditCore", "AuditStore", grdb]),
        room(
            "AuditExport",
            [
                "Wire", "AuditCore", "AuditStore", "AuditReplay", "PageView", "PageReading", "RepConsole", "OpenSSH",
                crypto,
            ]),
        room(
            "RepRuntime",
            ["Wire", "PageView", "PageReading", "Terminal", "RepConsole", "WebSocketTransport", "OpenSSH"]),

        // Programs.
        program("alongsided", ["RelayRuntime", argumentParser, logging]),
        program("alongside", ["RepRuntime", "MaskLint", "Terminal", argumentParser]),
        program(
            "alongside-audit",
            [
                "Wire", "Age", "AuditCore", "AuditStore", "AuditReplay", "AuditIndex", "AuditExport", "Terminal",
                argumentParser, toml,
            ]),

        // Measures single operations; also what Benchmarks/instructions.py counts.
        .executableTarget(
            name: "microbenchmarks",
            dependencies: ["Wire", "RelayCore", "PageView", "Terminal", "RepConsole", "AuditCore"],
            path: "Benchmarks/Micro", swiftSettings: house),
        // Fills logs and measures the audit log as the daemon has it: run by Benchmarks/audit.py.
        .executableTarget(
            name: "audit-benchmarks", dependencies: ["Wire", "RelayCore", "AuditCore", "AuditStore"],
            path: "Benchmarks/Audit", swiftSettings: house),
        // The daemon without the frames' audit: what the log costs is the difference.
        .executableTarget(
            name: "relay-without-log", dependencies: ["RelayRuntime", logging], path: "Benchmarks/WithoutLog",
            swiftSettings: house),

        // Tests mirror the rooms.
        .target(name: "Support", dependencies: ["Wire"], path: "Tests/Support", swiftSettings: house),
        tests("WireTests", ["Wire"]),
        tests("RelayCoreTests", ["Wire", "RelayCore"]),
        tests("PairingCoreTests", ["Wire", "PairingCore"]),
        tests("MetricsTests", ["Wire", "Metrics"]),
        tests("OpenSSHTests", ["OpenSSH", crypto]),
        tests("AgeTests", ["OpenSSH", "Age", crypto]),
        tests("AuditCoreTests", ["Wire", "AuditCore"]),
        tests("AuditStoreTests", ["Wire", "Age", "AuditCore", "AuditStore", "alongside-audit"]),
        tests("WebSocketTransportTests", ["Wire", "WebSocketTransport"]),
        tests(
            "RelayRuntimeTests",
            [
                "Wire", "Age", "AuditCore", "AuditStore", "OpenSSH", "PairingCore", "RelayCore", "Metrics",
                "RelayRuntime",
                "WebSocketTransport", "Embed", crypto, logging,
            ]),
        tests("PageViewTests", ["Wire", "PageView"]),
        tests("DeflateTests", ["Deflate"]),
        .systemLibrary(
            name: "CVterm", path: "Tests/CVterm", pkgConfig: "vterm", providers: [.apt(["libvterm-dev"])]),
        tests("TerminalTests", ["Wire", "PageView", "Terminal", "RepConsole", "CVterm"], exclude: ["tools"]),
        tests("RepConsoleTests", ["Wire", "PageView", "Terminal", "RepConsole"], exclude: ["Fixtures", "Golden"]),
        tests(
            "RepRuntimeTests", ["Wire", "PageView", "Terminal", "RepConsole", "OpenSSH", "RepRuntime"]),
        tests("AuditReplayTests", ["Wire", "Age", "AuditCore", "AuditStore", "AuditReplay", "RepConsole", "Terminal"]),
        tests("AuditIndexTests", ["Wire", "AuditCore", "AuditStore", "AuditIndex"]),
        tests("AuditExportTests", ["Wire", "AuditCore", "AuditStore", "AuditReplay", "AuditExport", "PageView"]),
        tests("PageReadingTests", ["Wire", "PageView", "RepConsole", "PageReading"]),
        tests("DemoShopTests", ["DemoShop"]),
        tests("SimulationTests", ["Wire", "RelayCore", "PairingCore"]),
        // What meets strangers' bytes: run by Tests/Fuzz/run.sh on made-up ones, by FuzzTests on seeds and fail cases.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Wire", "RelayCore", "PageView", "AuditCore", "OpenSSH", "Terminal", "WebSocketTransport",
            ],
            path: "Tests/Fuzz/Targets", swiftSettings: house),
        tests("FuzzTests", ["FuzzTargets"]),
        // Counts allocations and retains of the code that is shipped: run by Tests/Allocations/run.sh.
        .executableTarget(
            name: "allocation-count", dependencies: ["Wire", "RelayCore"], path: "Tests/Allocations",
            exclude: ["counting.c", "daemon_counts.py", "run.sh"], swiftSettings: house),
        tests("TidyTests", []),
    ]
)
