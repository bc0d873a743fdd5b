#!/usr/bin/env python3
"""Counts the instructions of the relay's core for each delivered frame, and compares them with the stored figure.

A fixed session of 8 seats takes 4 frames of 600 B a turn. Two runs of different length under callgrind: their
difference is the steady state, the same in every run of one build. usage: instructions.py [--store]
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

STORED = pathlib.Path(__file__).resolve().parent / "instructions.json"
TOLERANCE = 0.10
# The ring is full and evicts after 1,024 turns of 4 frames.
SHORT_TURNS, LONG_TURNS = 1_500, 3_500


def run(program, turns):
    """(instructions, delivered frames) of one run."""
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, str(turns)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not counted:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return int(counted[1]), int(done.stdout)


def main():
    build = ["swift", "build", "-c", "release"]
    subprocess.run([*build, "--product", "microbenchmarks"], check=True, stdout=subprocess.DEVNULL)
    folder = subprocess.run([*build, "--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory() as scratch:
        # Debian's valgrind gives up on the debug information of this compiler.
        program = f"{scratch}/microbenchmarks"
        subprocess.run(["strip", "-o", program, f"{folder}/microbenchmarks"], check=True)
        short, long = (run(program, turns) for turns in (SHORT_TURNS, LONG_TURNS))
    figure = (long[0] - short[0]) / (long[1] - short[1])
    if "--store" in sys.argv:
        STORED.write_text(json.dumps({"instructions_per_delivered_frame": round(figure, 1)}, indent=1) + "\n")
    stored = json.loads(STORED.read_text())["instructions_per_delivered_frame"]
    print(f"instructions a delivered frame: {figure:.1f}, stored {stored:.1f}, {figure / stored - 1:+.1%}")
    if figure > stored * (1 + TOLERANCE):
        print("More than 10 % above the stored figure: find out why, or store the new one with the reason.")
        return 1
    if figure < stored * (1 - TOLERANCE):
        print("More than 10 % below the stored figure: store the new one (Benchmarks/instructions.py --store).")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
