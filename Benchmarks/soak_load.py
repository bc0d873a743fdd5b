#!/usr/bin/env python3
"""Minutes of the daemon at 70 % of its loop's core, with links coming and going: does its memory stay?

Most of the load is the co-browse mix on rooms that last; beside it short runs of the generator open sessions and seats,
send for some seconds and leave, one after the other. The memory counted is the resident set, as the median of some
seconds after the first minute and of the last ones. Ends with 1 when it has grown or shrunk by more than 2 %.

usage: soak_load.py [--minutes 10] [--share 0.7] [--binary PATH]
"""

import argparse
import json
import pathlib
import resource
import signal
import statistics
import subprocess
import sys
import time

import run
from relays import OUT, REPOSITORY, Alongside, Ports
from scenarios import MIX, rooms, streams

PAGE_BYTES = resource.getpagesize()
GROWTH_MAX = 0.02
# The first minute is left out: the rings fill (4,096 frames at 70 a second), the allocator finds its size. A try of
# less than two minutes cannot tell.
FIRST_SECONDS, EDGE_SECONDS = 60, 15
GUEST_ROOMS, GUEST_SECONDS = 10, 4
CALIBRATION_ROOMS, CALIBRATION_SECONDS = 60, 5


def load(relay, pid, flags, seconds):
    """The generator's command on its core."""
    command = ["taskset", "-c", run.LOAD_CORE, str(OUT / "load"), *relay.load_flags()]
    command += ["--port", str(relay.port), "--pid", str(pid), *flags]
    return [*command, "--seconds", str(seconds), "--warm", "0.5"]


def mix(count):
    return [*rooms(count, 2), *streams(*MIX)]


def rooms_for(share, relay, pid):
    """How many rooms of the mix keep the relay's core busy for that share of the time."""
    command = load(relay, pid, mix(CALIBRATION_ROOMS), CALIBRATION_SECONDS)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    used = json.loads(done.stdout)["cpu_share"]
    count = round(CALIBRATION_ROOMS * share / max(used, 0.01)) - GUEST_ROOMS
    print(f"{CALIBRATION_ROOMS} rooms use {used:.0%} of the core: {count} rooms that last, {GUEST_ROOMS} that do not")
    return max(count, 1)


def resident_bytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


def watch(relay, pid, count, seconds):
    """Samples of (seconds since the beginning, resident bytes), one a second."""
    samples, guests, guest = [], 0, None
    lasting = subprocess.Popen(load(relay, pid, mix(count), seconds), stdout=subprocess.PIPE, text=True)
    began = time.monotonic()
    try:
        while lasting.poll() is None:
            if guest is None or guest.poll() is not None:
                if guest is not None and guest.returncode != 0:
                    raise RuntimeError("a run of links that come and go has failed")
                guest = subprocess.Popen(load(relay, pid, mix(GUEST_ROOMS), GUEST_SECONDS), stdout=subprocess.DEVNULL)
                guests += 1
            samples.append((time.monotonic() - began, resident_bytes(pid)))
            time.sleep(1)
    finally:
        for process in (lasting, guest):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait()
    if lasting.returncode != 0:
        raise RuntimeError("the run of links that last has failed")
    return samples, guests, json.loads(lasting.stdout.read())


def verdict(samples, first_seconds):
    end = samples[-1][0]
    early = [size for at, size in samples if first_seconds <= at < first_seconds + EDGE_SECONDS]
    # The last seconds of the run itself: the generator waits a little for what is under way.
    late = [size for at, size in samples if end - EDGE_SECONDS - 2 <= at < end - 2]
    before, after = statistics.median(early), statistics.median(late)
    growth = after / before - 1
    print(f"resident after {first_seconds} s {before / 1e6:.1f} MB, at the end {after / 1e6:.1f} MB: {growth:+.2%}")
    print("each 10 s, MB: " + " ".join(f"{size / 1e6:.1f}" for _, size in samples[::10]))
    return abs(growth) <= GROWTH_MAX


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--share", type=float, default=0.7)
    parser.add_argument("--binary", default=str(REPOSITORY / ".build/release/alongsided"))
    chosen = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    run.build()
    relay = Alongside(Ports(25000, 25099), chosen.binary)
    pid = relay.start(run.RELAY_CORE)
    try:
        count = rooms_for(chosen.share, relay, pid)
        samples, guests, figures = watch(relay, pid, count, chosen.minutes * 60)
        links = guests * GUEST_ROOMS * 3
        print(
            f"{figures['delivered_per_second']:,.0f} delivered/s to those that last, core {figures['cpu_share']:.0%}, "
            f"{figures['lost']} lost, {guests} times {GUEST_ROOMS} sessions came and went: {links} links"
        )
        is_steady = verdict(samples, FIRST_SECONDS if chosen.minutes >= 1.5 else round(chosen.minutes * 20))
    finally:
        relay.stop()
    return 0 if is_steady and figures["lost"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
