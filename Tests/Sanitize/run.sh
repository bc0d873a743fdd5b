#!/bin/bash
# The transport's tests under a sanitizer: run.sh thread|address.
#
# A package of its own with the transport's rooms alone, so that a run takes minutes: the same sources by symbolic link,
# built in .build-thread or .build-address. libwebsockets, libuv and OpenSSL are Debian's and not instrumented: what a
# sanitizer cannot see in them is named in the suppressions beside this file, each with its reason.
set -euo pipefail
cd "$(dirname "$0")/../.."

kind=${1:?usage: run.sh thread|address}
case $kind in
thread) export TSAN_OPTIONS="suppressions=$PWD/Tests/Sanitize/thread.supp halt_on_error=0 exitcode=66" ;;
address) export ASAN_OPTIONS="detect_leaks=1 detect_stack_use_after_return=0" \
    LSAN_OPTIONS="suppressions=$PWD/Tests/Sanitize/leak.supp print_suppressions=0" ;;
*) echo "usage: run.sh thread|address" >&2; exit 64 ;;
esac
export SWIFT_BACKTRACE=enable=no

package=.build-$kind/package
mkdir -p "$package/Sources" "$package/Tests"
for room in Sources/{CLibuv,CLibwebsockets,Wire,WebSocketTransport} Tests/{Support,WebSocketTransportTests}; do
    ln -sfn "$PWD/$room" "$package/$room"
done
cat > "$package/Package.swift" << 'END'
// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .strictMemorySafety(), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let package = Package(
    name: "alongside",
    targets: [
        .systemLibrary(name: "CLibwebsockets", pkgConfig: "libwebsockets"),
        .systemLibrary(name: "CLibuv", pkgConfig: "libuv"),
        .target(name: "Wire", swiftSettings: house),
        .target(
            name: "WebSocketTransport", dependencies: ["Wire", "CLibwebsockets", "CLibuv"], swiftSettings: house),
        .target(name: "Support", dependencies: ["Wire"], path: "Tests/Support", swiftSettings: house),
        .testTarget(
            name: "WebSocketTransportTests", dependencies: ["Wire", "WebSocketTransport", "Support"],
            swiftSettings: house),
    ]
)
END
# What a process of its own does on purpose (running out of descriptors) leaves the sanitizer none to report with. The
# test program's own exit code does not tell of reports: its output does.
log=.build-$kind/log
swift test --package-path "$package" --scratch-path "$PWD/.build-$kind/build" --sanitize="$kind" \
    --skip withoutDescriptorsAcceptingPausesAndComesBack 2>&1 | tee "$log"
reports=$(grep -cE '(WARNING|ERROR): (Thread|Address|Leak)Sanitizer' "$log" || true)
echo "$kind: $reports reports"
[ "$reports" = 0 ]
