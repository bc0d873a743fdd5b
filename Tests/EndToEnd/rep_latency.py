"""From a cursor frame's capture time to the byte written to the rep's terminal: figures of the client alone.

Usage: rep_latency.py [moves] [per second]; ALONGSIDE names the binary (a release build, for figures worth quoting).
"""

import asyncio
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from test_rep_terminal import Desk, sees  # noqa: E402


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


async def measure(moves, rate):
    async with Desk() as desk:
        file = os.path.join(desk.folder.name, "timing")
        terminal = desk.open("--timing", file, columns=200, rows=56)
        await sees(terminal, "postcode refused 3x")
        terminal.press("\r")
        await sees(terminal, "Delivery details")
        ticket, done = desk.relay.tickets[0], asyncio.Event()

        def drain():
            while not done.is_set():
                terminal.read(0.05)

        reader = asyncio.create_task(asyncio.to_thread(drain))
        before, start = len(terminal.output), time.monotonic()
        for move in range(moves):
            await desk.relay.cursor(ticket, 40 + move * 13 % 1200, 90 + move * 17 % 680)
            await asyncio.sleep(max(start + (move + 1) / rate - time.monotonic(), 0))
        await asyncio.sleep(0.2)
        done.set()
        await reader
        pairs = [tuple(map(int, line.split(","))) for line in Path(file).read_text().split()]
        delays = [(written - captured) / 1000 for captured, written in pairs]
        size = (len(terminal.output) - before) / max(len(pairs), 1)
        print(
            f"{moves} moves at {rate}/s: {len(pairs)} shown, p50 {percentile(delays, 0.5):.2f} ms, "
            f"p95 {percentile(delays, 0.95):.2f} ms, p99 {percentile(delays, 0.99):.2f} ms, "
            f"max {max(delays):.2f} ms, {size:.0f} bytes a frame"
        )
        terminal.kill()
        await desk.relay.wait_for(lambda: desk.relay.count("closed") == 1)
        begin = time.monotonic()
        again = desk.open("--accept-next", columns=200, rows=56)
        await sees(again, "Delivery details")
        print(f"killed and started again: the page is back after {(time.monotonic() - begin) * 1000:.0f} ms")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    asyncio.run(measure(count, float(sys.argv[2]) if len(sys.argv) > 2 else 30))
