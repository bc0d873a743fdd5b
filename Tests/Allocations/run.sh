#!/bin/bash
# What the relay allocates, retains and releases for each frame and seat, in the code that is shipped: first the core by
# itself, then the whole daemon.
set -euo pipefail
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
gcc -O2 -Wall -Wextra -Werror -fPIC -shared -o "$scratch/counting.so" Tests/Allocations/counting.c
swift build -c release --product allocation-count
swift build -c release --product alongsided
bin=$(swift build -c release --show-bin-path)
LD_PRELOAD=$scratch/counting.so ALLOCATION_COUNTS=$scratch/counts "$bin/allocation-count"
ALONGSIDE_BIN=$bin .venv/bin/python Tests/Allocations/daemon_counts.py "$scratch/counting.so"
