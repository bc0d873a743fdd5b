#!/usr/bin/env python3
"""What the whole relay allocates and retains for a frame and a seat, on the thread of its loop.

    daemon_counts.py COUNTING.SO        with ALONGSIDE_BIN=the folder of a release build

A shopper sends deltas to 1, 16 and 40 seats, each a rep's link of its own. What a frame costs whatever the seats is the
same in all three runs; the slope over the seats is what a seat costs: no allocation, no retain and no release. Should
there be one again, its place is printed.
"""

import collections
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "EndToEnd"))

from relay_stack import BIN, RelayStack
from wire_peer import Rep, Shopper

SEAT_COUNTS = (1, 16, 40)
FRAMES = 400
WARM_UP = 150
PACE = 0.008
# Records of what was sent are due by time, not by frame: none falls into the measured part.
LIMITS = """
[limits]
seat_count_max = 64
links_per_address_max = 1000
sent_record_milliseconds_max = 10_000
shopper_frames_per_second_max = 10_000
"""
ROW, ROW_COUNT = struct.Struct("<8Q"), 256
SITE = struct.Struct("<2Q")
NAMES = ("allocations", "retains", "releases")
# A seat's share of a frame that is still nothing: a ping or a record now and then.
SLACK = 0.02
# What a write to a link may retain and give back.
RETAINS_MAX = 0


class Row:
    """The row of the loop's thread in the file that the counting library shares."""

    def __init__(self, process, path):
        tasks = pathlib.Path(f"/proc/{process}/task")
        loops = [
            int(task.name) for task in tasks.iterdir() if (task / "comm").read_text().strip().startswith("relay")
        ]
        assert len(loops) == 1, [(task / "comm").read_text() for task in tasks.iterdir()]
        self.thread, self.path = loops[0], path

    def read(self):
        data = self.path.read_bytes()
        for offset in range(0, ROW_COUNT * ROW.size, ROW.size):
            thread, *counts = ROW.unpack_from(data, offset)
            if thread == self.thread:
                return counts[:3]
        raise AssertionError("the loop's thread has no row")

    def sites(self):
        """How often each place in the program retained, all threads together."""
        sites = self.path.read_bytes()[ROW_COUNT * ROW.size :]
        return collections.Counter(dict(SITE.unpack_from(sites, at) for at in range(0, len(sites), SITE.size)))


def measure(seat_count, library, folder):
    """(allocations, retains, releases) for each frame with so many seats."""
    counts = folder / f"counts-{seat_count}"
    os.environ.update(LD_PRELOAD=library, ALLOCATION_COUNTS=str(counts))
    stack = RelayStack(extra="loop_count = 1\n" + LIMITS, flags=())
    try:
        # The keys are made before the library would be loaded into ssh-keygen, which does not matter but for the file.
        with stack:
            del os.environ["LD_PRELOAD"]
            row = Row(stack.process.pid, counts)
            shopper = Shopper(stack)
            shopper.ask_for_help()
            reps = [Rep(stack) for _ in range(seat_count)]
            for rep in reps:
                rep.accept(shopper)
            shopper.answer_keyframe_request()
            received = [0] * seat_count

            def drain(place):
                while received[place] < WARM_UP + FRAMES:
                    received[place] += reps[place].receive("delta") is not None

            threads = [threading.Thread(target=drain, args=(place,), daemon=True) for place in range(seat_count)]
            for thread in threads:
                thread.start()

            def send(count):
                for number in range(count):
                    shopper.page_frame("delta", b"x" * 100)
                    time.sleep(PACE)

            send(WARM_UP)
            before, sites = row.read(), row.sites()
            send(FRAMES)
            after = row.read()
            sites = row.sites() - sites
            for thread in threads:
                thread.join(20)
            assert min(received) == WARM_UP + FRAMES, received
            for link in [shopper, *reps]:
                link.socket.close()
    finally:
        os.environ.pop("LD_PRELOAD", None)
    return [(end - begin) / FRAMES for begin, end in zip(before, after)], sites


def tell_places(sites, seat_count):
    """The places that retain once for each frame and seat, or nearly."""
    for offset, count in sites.most_common(40):
        if count < 0.5 * FRAMES * seat_count:
            break
        arguments = ["addr2line", "-Cfipse", str(BIN / "alongsided"), hex(offset - 1)]
        where = subprocess.run(arguments, capture_output=True, text=True).stdout.strip() if offset else "libraries"
        print(f"{count / FRAMES / seat_count:6.2f} {where}")


def main():
    library = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        results = {count: measure(count, library, pathlib.Path(folder)) for count in SEAT_COUNTS}
    print(f"alongsided, one loop, {FRAMES} deltas a run, on the loop's thread, for each frame")
    print("seats  " + "  ".join(NAMES))
    for count, (result, _) in results.items():
        print(f"{count:5}  " + "  ".join(f"{value:{len(name)}.2f}" for name, value in zip(NAMES, result)))
    first, last = SEAT_COUNTS[0], SEAT_COUNTS[-1]
    slopes = [(results[last][0][i] - results[first][0][i]) / (last - first) for i in range(3)]
    print("for each seat and frame: " + ", ".join(f"{slope:.3f} {name}" for slope, name in zip(slopes, NAMES)))
    tell_places(results[last][1], last)
    return 0 if slopes[0] < SLACK and max(slopes[1:]) < RETAINS_MAX + SLACK else 1


if __name__ == "__main__":
    sys.exit(main())
