#!/usr/bin/env python3
"""Minutes of the daemon at 70 % of its loop's core, with links coming and going: does its memory stay?

Most of the load is the co-browse mix on rooms that last; beside it short runs of the generator open sessions and seats,
send for some seconds and leave, one after the other. Each second the daemon's part of its core and its resident set are
read. How often the cursors of the next short run move follows the part of the core, so that it stays about the goal.

Ends with 1, and says why, when
- the median second after the first minute was more than a tenth of the core off the goal: nothing was shown;
- the resident set, as the median of some seconds after the first minute and of the last ones, differs by more than 2 %;
- a frame was lost, or a run of the generator failed.

usage: soak_load.py [--minutes 10] [--share 0.7] [--rooms N] [--binary PATH]
"""

import argparse
import dataclasses
import json
import os
import pathlib
import resource
import signal
import statistics
import subprocess
import sys
import time

import run
from relays import LIMITS, OUT, REPOSITORY, Alongside, Ports
from scenarios import MIX, rooms, streams

PAGE_BYTES, TICKS = resource.getpagesize(), os.sysconf("SC_CLK_TCK")
GROWTH_MAX, SHARE_ERROR_MAX = 0.02, 0.1
# The first minute is left out: the rings fill, the allocator finds its size. Less than two minutes cannot tell.
FIRST_SECONDS, EDGE_SECONDS = 60, 15
# Rooms that come and go at once, and within which bounds their cursors' rate is steered: their number would steer the
# memory as well.
GUEST_ROOMS, GUEST_SECONDS, SEATS = 10, 4, 2
GUEST_HERTZ, GUEST_HERTZ_MIN, GUEST_HERTZ_MAX = 60, 10, 240
SETUP_SECONDS_MAX = 120
# Of a daemon without links.
DESCRIPTORS_IDLE_MAX = 60
# What fills slowly by design is full within the first minute: a ring after half a minute in place of a whole one, and
# the sessions that are held for their shopper's return after 20 s in place of 120.
FULL_SOONER = {"ring_frame_count_max": 2048, "resume_seconds_max": 20, "seat_grace_seconds_max": 20}
CALIBRATION_ROOMS, CALIBRATION_SECONDS = 60, 5


@dataclasses.dataclass
class Second:
    """What was read at one moment, and the daemon's part of its core since the moment before."""

    at: float
    share: float
    resident: int
    hertz: int


class Guests:
    """Runs of the generator one after the other, each with rooms that come, stay some seconds and go."""

    def __init__(self, relay, pid, goal):
        self.relay, self.pid, self.goal = relay, pid, goal
        self.hertz, self.runs, self.process = GUEST_HERTZ, 0, None
        self.shares = []

    def look(self, share, share_per_hertz):
        """Once a second: the part of the core in the second that has passed, and what one move a second in each room
        takes of it."""
        self.shares.append(share)
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            if self.process.returncode != 0:
                raise RuntimeError("a run of links that come and go has failed")
            # Half of what is missing each time: the next seconds are not the last ones.
            missing = (self.goal - statistics.mean(self.shares)) / share_per_hertz / 2
            self.hertz = min(max(self.hertz + round(missing), GUEST_HERTZ_MIN), GUEST_HERTZ_MAX)
        self.shares.clear()
        flags = [*rooms(GUEST_ROOMS, SEATS), *streams(f"cursor:32:{self.hertz}", *MIX[1:])]
        self.process = subprocess.Popen(load(self.relay, self.pid, flags, GUEST_SECONDS), stdout=subprocess.DEVNULL)
        self.runs += 1


def load(relay, pid, flags, seconds):
    """The generator's command on its core."""
    command = ["taskset", "-c", run.LOAD_CORE, str(OUT / "load"), *relay.load_flags()]
    command += ["--port", str(relay.port), "--pid", str(pid), *flags]
    return [*command, "--seconds", str(seconds), "--warm", "0.5"]


def mix(count):
    return [*rooms(count, SEATS), *streams(*MIX)]


def share_of(count, relay, pid):
    command = load(relay, pid, mix(count), CALIBRATION_SECONDS)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)["cpu_share"]


def rooms_for(goal, relay, pid):
    """How many rooms of the mix keep the relay's core busy for that share of the time, in a first try and near it."""
    count = CALIBRATION_ROOMS
    for _ in range(2):
        used = max(share_of(count, relay, pid), 0.01)
        print(f"{count} rooms use {used:.0%} of the core", flush=True)
        count = max(round(count * goal / used), 1)
    return count


def resident_bytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


def processor_seconds(pid):
    """What all threads of the process have used; they share one core."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def open_descriptors(pid):
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


def start_lasting(relay, pid, count, seconds):
    """The rooms that last, all of them there. Nobody else is."""
    wanted = count * (1 + SEATS)
    end = time.monotonic() + SETUP_SECONDS_MAX
    while open_descriptors(pid) > DESCRIPTORS_IDLE_MAX and time.monotonic() < end:
        time.sleep(0.1)  # Those of the calibration go.
    lasting = subprocess.Popen(load(relay, pid, mix(count), seconds), stdout=subprocess.PIPE, text=True)
    while open_descriptors(pid) < wanted and lasting.poll() is None:
        if time.monotonic() > end:
            stop(lasting)
            raise RuntimeError(f"{count} rooms did not come in {SETUP_SECONDS_MAX} s")
        time.sleep(0.1)
    return lasting


def stop(process):
    if process is not None and process.poll() is None:
        process.terminate()
        process.wait()


def watch(relay, pid, count, goal, seconds):
    """The seconds of the run, the rooms that came and went, and the figures of those that lasted."""
    read, guests = [], Guests(relay, pid, goal)
    lasting = start_lasting(relay, pid, count, seconds)
    began = before = time.monotonic()
    used = processor_seconds(pid)
    # Of 70 frames a second in a room 60 are cursors; the part of the core is about the frames'.
    share_per_hertz = goal / (count + GUEST_ROOMS) * GUEST_ROOMS / 70
    try:
        while lasting.poll() is None:
            time.sleep(1)
            now, total = time.monotonic(), processor_seconds(pid)
            share = (total - used) / (now - before)
            before, used = now, total
            read.append(Second(now - began, share, resident_bytes(pid), guests.hertz))
            guests.look(share, share_per_hertz)
    finally:
        stop(lasting)
        stop(guests.process)
    if lasting.returncode != 0:
        raise RuntimeError("the run of links that last has failed")
    return read, guests, json.loads(lasting.stdout.read())


def faults(read, goal, first_seconds, lost):
    """What the run did not show, in words; prints what it did."""
    # The generator waits a little for what is under way at the end.
    end = read[-1].at - 2
    counted = [second for second in read if first_seconds <= second.at < end]
    if len(counted) < 2 * EDGE_SECONDS:
        return [f"{len(counted)} s after the first {first_seconds} are too few to tell: more minutes are needed"]
    shares = sorted(second.share for second in counted)
    median, low, high = (shares[len(shares) * part // 100] for part in (50, 10, 90))
    before = statistics.median(second.resident for second in counted if second.at < first_seconds + EDGE_SECONDS)
    after = statistics.median(second.resident for second in counted if second.at >= end - EDGE_SECONDS)
    growth = after / before - 1
    print(f"of the core in {len(counted)} s: median {median:.0%}, from {low:.0%} (p10) to {high:.0%} (p90)")
    print(f"resident after {first_seconds} s {before / 1e6:.1f} MB, at the end {after / 1e6:.1f} MB: {growth:+.2%}")
    for name, told in (
        ("part of the core, %", lambda second: f"{second.share * 100:.0f}"),
        ("resident, MB", lambda second: f"{second.resident / 1e6:.1f}"),
        ("moves a second of guests", lambda second: str(second.hertz)),
    ):
        print(f"each 10 s, {name}: " + " ".join(told(second) for second in read[::10]))
    found = []
    if abs(median - goal) > SHARE_ERROR_MAX:
        found.append(
            f"the load was {median:.0%} of the core, not {goal:.0%} (10 % more or less): this run shows nothing"
        )
    if abs(growth) > GROWTH_MAX:
        found.append(f"the resident set changed by {growth:+.2%}, more than {GROWTH_MAX:.0%}")
    if lost:
        found.append(f"{lost} frames were lost")
    return found


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--share", type=float, default=0.7)
    parser.add_argument("--rooms", type=int, help="that last, in place of as many as make the share")
    parser.add_argument("--binary", default=str(REPOSITORY / ".build/release/alongsided"))
    chosen = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    run.build()
    LIMITS.update(FULL_SOONER)
    relay = Alongside(Ports(25000, 25099), chosen.binary)
    pid = relay.start(run.RELAY_CORE)
    try:
        count = chosen.rooms or max(rooms_for(chosen.share, relay, pid) - GUEST_ROOMS, 1)
        print(f"{count} rooms that last, {GUEST_ROOMS} that come and go", flush=True)
        read, guests, figures = watch(relay, pid, count, chosen.share, chosen.minutes * 60)
        print(f"{figures['delivered_per_second']:,.0f} frames a second delivered to those that last")
        links = guests.runs * GUEST_ROOMS * (1 + SEATS)
        print(f"{links} links came and went in {guests.runs} runs of {GUEST_SECONDS} s")
        first_seconds = FIRST_SECONDS if chosen.minutes >= 2 else round(chosen.minutes * 20)
        found = faults(read, chosen.share, first_seconds, figures["lost"])
    finally:
        relay.stop()
    print("\n".join(f"FAILED: {fault}" for fault in found) or "the memory stays")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
