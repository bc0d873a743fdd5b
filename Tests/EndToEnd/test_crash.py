"""The relay is killed (SIGKILL) at random moments under load: whatever a peer saw is on record, and the log verifies.

15 kills in every run; ALONGSIDE_SOAK=1 makes it 1,000, ALONGSIDE_KILLS=n any other number.
"""

import collections
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
# Every so many kills the independent verifier reads it too.
INDEPENDENT_EVERY = 10
# Every so many starts is itself killed, in the first milliseconds of which recovery is a part.
EARLY_EVERY = 7
EARLY_SECONDS_MAX = 0.3
EFFECTS_MAX = 24
# Every so many kills comes about when tiles, state and checkpoint are written: a second after the log was opened.
PUBLISHING_EVERY = 4
PUBLISHING_SECONDS = (0.98, 1.08)


class KilledRelay(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.starts, self.effects, self.early = [], 0, 0

    def test_whatever_a_peer_saw_is_on_record_after_a_kill(self):
        done = 0
        while done < KILLS:
            count = min(KILLS_A_LOG, KILLS - done)
            stack = SignedStack()
            try:
                self.run_log(stack, done, count)
            finally:
                stack.close()
            done += count
            if done < KILLS:
                print(f"  {done} of {KILLS} kills", flush=True)
        self.starts.sort()
        print(
            f"  {KILLS} kills (seed {SEED}, {self.early} of starts too): {self.effects} effects that peers saw, all on "
            f"record; ready after p50 {1000 * statistics.median(self.starts):.0f} ms, "
            f"at most {1000 * self.starts[-1]:.0f} ms",
            flush=True,
        )

    def run_log(self, stack, first, count):
        seen = collections.Counter()
        for number in range(first, first + count):
            if number % EARLY_EVERY == EARLY_EVERY - 1:
                self.kill_the_start(stack)
            begin = time.monotonic()
            stack.start()
            ready = time.monotonic()
            self.starts.append(ready - begin)
            load = Load(stack)
            load.begin()
            load.wait_for(self.random.randint(1, EFFECTS_MAX))
            # Somewhere between two effects, not right behind one.
            moment = time.monotonic() + self.random.random() * 0.01
            if number % PUBLISHING_EVERY == 0:
                moment = ready + self.random.uniform(*PUBLISHING_SECONDS)
            time.sleep(max(0, moment - time.monotonic()))
            load.expect_end()
            stack.kill()
            load.end()
            seen += load.seen
            self.check(stack, seen, number)
        self.effects += seen.total()

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
            self.assertIn("ended with -9", str(error))
        timer.join()
        stack.kill()
        self.early += 1

    def check(self, stack, seen, number):
        words = f"after kill {number}, seed {SEED}"
        code, said = stack.verify()
        self.assertEqual(code, 0, f"{words}: {said}")
        if number % INDEPENDENT_EVERY == 0:
            stack.verify_independently()
        missing = seen - on_record(stack)
        self.assertFalse(missing, f"{words}: seen and not on record")


if __name__ == "__main__":
    unittest.main()
