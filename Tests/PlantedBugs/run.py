#!/usr/bin/env python3
"""Plants one bug after the other into a copy of the relay's cores and shows that the simulation catches it.

A bug is a piece of source and what stands in its place. The cores and the simulation are copied into a package of their
own in .build-planted; the sources themselves are never touched. Ends with 1 when a bug goes unnoticed, when the message
is not the one that names it, or when a piece of source is no longer there.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / ".build-planted/package"
ROOMS = ("Sources/Wire", "Sources/RelayCore", "Sources/PairingCore", "Tests/Support", "Tests/SimulationTests")
SEEDS, SECONDS = "60", 300
MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .strictMemorySafety(), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let package = Package(
    name: "alongside",
    targets: [
        .target(name: "Wire", swiftSettings: house),
        .target(name: "RelayCore", dependencies: ["Wire"], swiftSettings: house),
        .target(name: "PairingCore", dependencies: ["Wire"], swiftSettings: house),
        .target(name: "Support", dependencies: ["Wire"], path: "Tests/Support", swiftSettings: house),
        .testTarget(
            name: "SimulationTests", dependencies: ["Wire", "RelayCore", "PairingCore", "Support"],
            swiftSettings: house),
    ]
)
"""
# What it is, the file of Sources, the piece, what is planted, and what the simulation says.
BUGS = (
    (
        "lost frame",
        "RelayCore/FanOut+Gathering.swift",
        "frameCount += 1\n",
        "frameCount += 1\n                if index % 50 == 0, index + 1 < next { index += 1 }\n",
        r"with a gap after|is missing|overtaken|never caught up",
    ),
    (
        "doubled frame",
        "RelayCore/FanOut+Gathering.swift",
        "self.table[place].moved(to: index, sent: run)",
        "self.table[place].moved(to: index - (gathering.frameCount == 2 ? 1 : 0), sent: run)",
        r"frame \d+ was handed over twice",
    ),
    (
        "wrong block: a seat is handed what another was, who stands elsewhere",
        "RelayCore/FanOut+Gathering.swift",
        "guard block.from == self.table[place].tail,",
        "guard block.from >= self.table[place].tail,",
        r"with a gap after|after \d+|handed over twice",
    ),
    (
        "wrong block: deltas for a seat without its keyframe",
        "RelayCore/FanOut+Gathering.swift",
        "self.table[place].base == .following,\n            self.table[place].sentCount",
        "self.table[place].sentCount",
        r"without its keyframe|without a base",
    ),
    (
        "wrong block: what a seat with the cursor was handed, for one that asked for none",
        "RelayCore/FanOut+Gathering.swift",
        "            self.table[place].wantsCursor == block.hasCursor,\n",
        "",
        r"for a seat that asked for none",
    ),
    (
        "doubled talk",
        "RelayCore/Session+Shopper.swift",
        "case .held: break\n",
        "case .held: outbox.append(.recordConsent(consent))\n",
        r"recorded twice|heard twice",
    ),
    (
        "frame before consent",
        "RelayCore/Session+Shopper.swift",
        "guard self.consent == .given else { return .consentMissing }",
        "guard self.consent != .awaited else { return .consentMissing }",
        r"before the consent was durable|is refused",
    ),
    (
        "unbounded queue",
        "RelayCore/FrameRing.swift",
        "self.count >= self.countMax || self.byteCount",
        "self.byteCount",
        r"the ring is beyond its limits",
    ),
    (
        "starvation: a lagging seat asks for no keyframe",
        "RelayCore/FanOut.swift",
        "self.table[place].base = .awaitingKeyframe\n        return true\n    }\n}",
        "self.table[place].base = .awaitingKeyframe\n        return false\n    }\n}",
        r"reads, and starves",
    ),
    (
        "starvation: a throttled request is forgotten",
        "RelayCore/Session+Keyframes.swift",
        "self.keyframeIsWanted = true\n            return\n",
        "return\n",
        r"reads, and starves",
    ),
    (
        "starvation: a large session spends without end",
        "RelayCore/FairRounds.swift",
        "var credit = share.credit + self.quantum",
        "var credit = Int.max / 2",
        r"session \d+ starves",
    ),
    (
        "a seat that stands still is kept",
        "RelayCore/FanOut.swift",
        "now >= since + self.limits.seatStalledDurationMax\n            else { continue }",
        "now >= since + self.limits.seatStalledDurationMax * 2\n            else { continue }",
        r"a deadline.* is never met|is not closed",
    ),
)


def copy_rooms():
    for room in ROOMS:
        shutil.copytree(REPOSITORY / room, PACKAGE / room, dirs_exist_ok=True)
    (PACKAGE / "Package.swift").write_text(MANIFEST)


def simulate():
    """The simulation's output, and whether it passed; one that does not end has not."""
    command = ["swift", "test", "--package-path", str(PACKAGE), "--scratch-path", str(PACKAGE.parent / "build")]
    environment = {**os.environ, "SIM_SEEDS": SEEDS, "SIM_TRACE": "1", "SWIFT_BACKTRACE": "enable=no"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
    ) as run:
        try:
            output, _ = run.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            output, _ = run.communicate()
            return f"{output}\nnot over after {SECONDS} s", False
    return output, run.returncode == 0


def verdict(output, words):
    """What the simulation said of the bug; None when it said nothing that fits."""
    for line in output.splitlines():
        if re.search(words, line) and re.search(r"SEED=\d+.*: |Fatal error", line):
            return line.lstrip("↳ ").strip()
    return None


def plant(what, file, piece, planted, words):
    path = PACKAGE / "Sources" / file
    source = path.read_text()
    if source.count(piece) != 1:
        return f"not planted: the piece stands {source.count(piece)} times in {file}"
    path.write_text(source.replace(piece, planted))
    try:
        output, passed = simulate()
    finally:
        path.write_text(source)
    if "error:" in output and "Build complete" not in output:
        return "not planted: " + next(line for line in output.splitlines() if "error:" in line)
    caught = verdict(output, words)
    print(f"{'caught' if caught else 'MISSED':7} {what:70} {caught or verdict(output, '') or 'passed'}", flush=True)
    return None if caught else "missed"


def main():
    copy_rooms()
    output, passed = simulate()
    if not passed:
        sys.exit(f"without a bug the simulation fails:\n{output[-2000:]}")
    wanted = [bug for bug in BUGS if len(sys.argv) < 2 or sys.argv[1] in bug[0]]
    problems = {bug[0]: problem for bug in wanted if (problem := plant(*bug))}
    for what, problem in problems.items():
        print(f"{what}: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
