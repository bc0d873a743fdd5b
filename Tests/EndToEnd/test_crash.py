"""The relay is killed (SIGKILL) at random moments under load: whatever a peer saw is on record, and the log verifies.

15 kills in every run; ALONGSIDE_SOAK=1 makes it 1,000, ALONGSIDE_KILLS=n any other number. Every log is read whole by
our verifier after each kill, and by both after the last one and after an orderly stop. ALONGSIDE_AT_ONCE=n relays side
by side. A sync that takes 2 s on a busy machine is a failed disk, as documented: it is counted, and what was seen is on
record.
"""

import collections
import concurrent.futures
import itertools
import multiprocessing
import os
import random
import statistics
import threading
import time
import unittest

from crash_load import Load, SignedStack, is_soak, on_record

KILLS = int(os.environ.get("ALONGSIDE_KILLS", "1000" if is_soak() else "15"))
SEED = int(os.environ.get("ALONGSIDE_SEED", "20261122"))
# A log is read whole after each kill: it begins anew before that takes long.
KILLS_A_LOG = 25
# Relays side by side, each with a state directory of its own.
AT_ONCE = int(os.environ.get("ALONGSIDE_AT_ONCE", "2" if is_soak() else "1"))
# Below the ports that the system gives to those who dial: relays side by side never look for the same.
PORTS_FIRST, PORTS_EACH = 20_000, 500
# Every so many starts is itself killed, in the first milliseconds of which recovery is a part.
EARLY_EVERY = 7
EARLY_SECONDS_MAX = 0.3
EFFECTS_MAX = 24
# Every so many kills comes about when tiles, state and checkpoint are written: a second after the log was opened.
PUBLISHING_EVERY = 4
PUBLISHING_SECONDS = (0.98, 1.08)
FAILED = "audit log has failed"


class Killer:
    """One relay after the other, each with a log of its own that lives through some kills."""

    def __init__(self, first, count):
        self.first, self.count = first, count
        self.random = random.Random(f"{SEED} {first}")
        self.starts, self.effects, self.early, self.records, self.torn, self.slow = [], 0, 0, 0, 0, 0

    def run_log(self):
        """Kills `count` times; returns what it counted."""
        stack = SignedStack()
        try:
            self.kill_again_and_again(stack)
        finally:
            stack.close()
        return self.starts, self.effects, self.early, self.records, self.torn, self.slow

    def kill_again_and_again(self, stack):
        seen = collections.Counter()
        for number in range(self.first, self.first + self.count):
            if number % EARLY_EVERY == EARLY_EVERY - 1:
                self.kill_the_start(stack)
            begin = time.monotonic()
            stack.start()
            ready = time.monotonic()
            self.starts.append(ready - begin)
            load = Load(stack)
            load.begin()
            failures = stack.log.count(FAILED)
            try:
                load.wait_for(self.random.randint(1, EFFECTS_MAX))
            except AssertionError:
                if stack.log.count(FAILED) == failures:
                    raise
                self.slow += 1
                load.faults.clear()
            # Somewhere between two effects, not right behind one.
            moment = time.monotonic() + self.random.random() * 0.01
            if number % PUBLISHING_EVERY == 0:
                moment = ready + self.random.uniform(*PUBLISHING_SECONDS)
            time.sleep(max(0, moment - time.monotonic()))
            load.expect_end()
            stack.kill()
            load.end()
            seen += load.seen
            self.check(stack, seen, f"after kill {number}, seed {SEED}")
        stack.verify_independently()
        stack.start()
        assert stack.stop() == 0, stack.log
        self.check(stack, seen, f"stopped in order after {self.count} kills, seed {SEED}")
        stack.verify_independently()
        self.effects = seen.total()

    def kill_the_start(self, stack):
        """Ends the relay while it starts, or shortly after."""

        def kill():
            if stack.process is not None:
                stack.process.kill()

        timer = threading.Timer(self.random.random() * EARLY_SECONDS_MAX, kill)
        timer.start()
        try:
            stack.start()
        except AssertionError as error:
            assert "ended with -9" in str(error), error
        timer.join()
        stack.kill()
        self.early += 1

    def check(self, stack, seen, words):
        code, said = stack.verify()
        assert code == 0, f"{words}: {said}"
        self.torn += "torn" in said
        missing = seen - on_record(stack)
        assert not missing, f"{words}: seen and not on record: {missing}"
        self.records = int(said.split()[0])


def run_log(first, count):
    return Killer(first, count).run_log()


def take_ports(numbers):
    """A process of the pool keeps to ports of its own."""
    first = PORTS_FIRST + numbers.get() * PORTS_EACH
    os.environ["ALONGSIDE_PORTS"] = f"{first}-{first + PORTS_EACH - 1}"


class KilledRelay(unittest.TestCase):
    def test_whatever_a_peer_saw_is_on_record_after_a_kill(self):
        logs = [(first, min(KILLS_A_LOG, KILLS - first)) for first in range(0, KILLS, KILLS_A_LOG)]
        told = [run_log(*log) for log in logs] if AT_ONCE == 1 else list(self.side_by_side(logs))
        starts = sorted(itertools.chain.from_iterable(log[0] for log in told))
        effects, early, records, torn, slow = (sum(log[field] for log in told) for field in range(1, 6))
        self.assertEqual(len(starts), KILLS)
        print(
            f"  {KILLS} kills (seed {SEED}, {early} of starts too) of {len(logs)} logs: {effects} effects that peers "
            f"saw, all on record; {records} records, {torn} torn tails, {slow} syncs of 2 s, "
            f"every log verifies with both verifiers; "
            f"ready after p50 {1000 * statistics.median(starts):.0f} ms, at most {1000 * starts[-1]:.0f} ms",
            flush=True,
        )

    def side_by_side(self, logs):
        """What each log told, in the order of their ends; the first failure ends all."""
        context, done = multiprocessing.get_context("fork"), 0
        numbers = context.Queue()
        for number in range(AT_ONCE):
            numbers.put(number)
        with concurrent.futures.ProcessPoolExecutor(AT_ONCE, context, take_ports, (numbers,)) as pool:
            running = {pool.submit(run_log, *log): log for log in logs}
            for future in concurrent.futures.as_completed(running):
                if future.exception() is not None:
                    pool.shutdown(cancel_futures=True)
                yield future.result()
                done += running[future][1]
                print(f"  {done} of {KILLS} kills", flush=True)


if __name__ == "__main__":
    unittest.main()
