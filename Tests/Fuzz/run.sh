#!/bin/bash
# Fuzzes one reader of strangers' bytes: run.sh TARGET SECONDS, the targets being the folders that seeds.py makes.
#
# The rooms are compiled without optimisation: an optimised comparison of several bytes is one step that the fuzzer
# cannot learn from. Crypto comes as SwiftPM builds it, without instrumentation. The corpus stays in .build-fuzz; an
# input that breaks a promise is left in FailCases/TARGET, where FuzzTests replays it: commit it with the mend.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${1:?usage: run.sh TARGET SECONDS}
seconds=${2:?usage: run.sh TARGET SECONDS}
out=.build-fuzz
export SWIFT_BACKTRACE=enable=no

build() {
    swift build --quiet --target OpenSSH
    swift build --quiet --target AuditCore
    local products module rooms=() # The last room first, as the linker wants them.
    products=$(swift build --show-bin-path)
    mkdir -p "$out"
    local flags=(
        -g -Onone -sanitize=fuzzer,address -parse-as-library -package-name alongside -swift-version 6
        -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
        -enable-upcoming-feature InternalImportsByDefault -enable-upcoming-feature NonisolatedNonsendingByDefault
        -I "$out" -I "$products/Modules" -I Sources/CLibwebsockets -I Sources/CLibuv
    )
    for module in Wire RelayCore PageView AuditCore OpenSSH Terminal WebSocketTransport FuzzTargets; do
        local sources=("Sources/$module/"*.swift)
        [ "$module" = FuzzTargets ] && sources=(Tests/Fuzz/Targets/*.swift)
        # Compiled again only when a source or a room before it is newer.
        if [ -f "$out/lib$module.a" ] &&
            [ -z "$(find "${sources[@]}" "${rooms[@]}" -newer "$out/lib$module.a" | head -n 1)" ]; then
            rooms=("$out/lib$module.a" "${rooms[@]}")
            continue
        fi
        echo "Compiling $module for the fuzzer"
        swiftc "${flags[@]}" -wmo -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
            -emit-library -static -o "$out/lib$module.a" "${sources[@]}"
        rooms=("$out/lib$module.a" "${rooms[@]}")
    done
    local crypto
    mapfile -t crypto < <(find "$products"/{Crypto,CryptoBoringWrapper,CCryptoBoringSSL,CCryptoBoringSSLShims}.build \
        "$products"/{CXKCP,CXKCPShims}.build -name '*.o')
    swiftc "${flags[@]}" -module-name Fuzz Tests/Fuzz/Entry.swift "${rooms[@]}" "${crypto[@]}" -lstdc++ \
        -lwebsockets -luv -lssl -lcrypto \
        -use-ld=lld -o "$out/fuzz"
}

build
Tests/Fuzz/seeds.py "$out/seeds"
mkdir -p "$out/corpus/$target" "Tests/Fuzz/FailCases/$target"
# 8 kB of input hold a story; the quarantine would otherwise grow with every input; a reader that takes 30 s of
# a busy machine hangs.
FUZZ_TARGET=$target ASAN_OPTIONS=quarantine_size_mb=16 "$out/fuzz" \
    -max_total_time="$seconds" -max_len=8192 -len_control=20 -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 \
    -dict="$out/seeds/$target.dict" -artifact_prefix="Tests/Fuzz/FailCases/$target/" \
    "$out/corpus/$target" "$out/seeds/$target" "Tests/Fuzz/FailCases/$target"
