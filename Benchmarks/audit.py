#!/usr/bin/env python3
"""What the audit log costs and how fast it is read, on a log of MEGABYTES=1000 written by the real writer.

    make audit-benchmarks              five minutes; MEGABYTES=100 for less

Times to readiness are the daemon's, from its start to READY=1 as systemd gets it. Everything is built for release.
"""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/EndToEnd"))

import relay_stack  # noqa: E402
from crash_load import Load, SignedStack  # noqa: E402
from relay_stack import BIN  # noqa: E402

MEGABYTES = int(os.environ.get("MEGABYTES", "1000"))
STARTS = 5
LOAD_EFFECTS = 20
READING_ALL_SECONDS = 300
# A start that reads everything takes longer than tests wait.
relay_stack.READY_SECONDS = READING_ALL_SECONDS


def program(*arguments, key=None):
    """Runs the measuring program; returns what it printed."""
    with open(key or os.devnull) as words:
        done = subprocess.run(
            [str(BIN / "audit-benchmarks"), *map(str, arguments)], stdin=words, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def verified(stack):
    begin = time.monotonic()
    code, said = stack.verify(seconds=READING_ALL_SECONDS)
    assert code == 0, said
    return time.monotonic() - begin, said


def ready(stack):
    """Seconds until the daemon is ready."""
    begin = time.monotonic()
    stack.start()
    return time.monotonic() - begin


def kill_under_load(stack):
    load = Load(stack)
    load.begin()
    load.wait_for(LOAD_EFFECTS)
    load.expect_end()
    stack.kill()
    load.end()


def starts(stack, end, before=lambda: None):
    """Seconds to readiness of several starts, each ended by `end`."""
    seconds = []
    for _ in range(STARTS):
        before()
        seconds.append(ready(stack))
        end(stack)
    return seconds


def line(what, seconds):
    print(f"| {what} | {1000 * statistics.median(seconds):.0f} | {1000 * max(seconds):.0f} |", flush=True)


def stop(stack):
    assert stack.stop() == 0, stack.log


def recovery(stack):
    """How long the daemon takes to be ready."""
    print("| start | ready after, ms (median) | at most |\n|---|---|---|")
    line("an empty log", starts(stack, stop, before=lambda: shutil.rmtree(stack.audit, ignore_errors=True)))
    shutil.rmtree(stack.audit)
    told = program("write", stack.audit, MEGABYTES, key=stack.folder / "checkpoint.key")
    first = ready(stack)
    stop(stack)
    line(f"{MEGABYTES} MB, as a flood left it that was cut off", [first])
    line(f"{MEGABYTES} MB, after an orderly stop", starts(stack, stop))
    stack.start()
    kill_under_load(stack)
    line(f"{MEGABYTES} MB, after kill -9 under load", starts(stack, kill_under_load))
    stack.start()
    stop(stack)
    (stack.audit / "state").unlink()
    line(f"{MEGABYTES} MB, without its state file: everything is read", [ready(stack)])
    stop(stack)
    print(f"\nwritten: {told}")


def verification(stack):
    size = sum(file.stat().st_size for file in stack.audit.rglob("*") if file.is_file())
    segments = sum(file.stat().st_size for file in (stack.audit / "wal").iterdir())
    seconds, said = verified(stack)
    print(
        f"verified {segments / 1e6:.0f} MB of segments and {(size - segments) / 1e6:.0f} MB beside them "
        f"in {seconds:.1f} s: {segments / 1e9 / seconds * 60:.2f} GB a minute\n{said}"
    )


def frames(folder):
    print(program("rates", folder / "rates"))
    told = subprocess.run(
        [str(BIN / "alongside-audit"), "show", str(folder / "rates")], capture_output=True, text=True, check=True
    ).stdout
    taken = sum(int(number) for number in re.findall(r"session\.ended .*?frames=(\d+)", told))
    print(f"{taken} frames of them on record, {told.count('frames.lost')} records of lost frames\n")
    print(program("latency", folder / "latency"))


def main():
    stack = SignedStack()
    try:
        frames(stack.folder)
        recovery(stack)
        verification(stack)
    finally:
        stack.close()


if __name__ == "__main__":
    main()
