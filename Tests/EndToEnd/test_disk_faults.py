"""The audit log's disk fails at its n-th call, while people are at work: system calls are made to fail with strace.

Each policy keeps its word (Protocol/audit-log.md, "Failure"), people are told in time, nothing hangs, and the log
verifies afterwards. A few points in every run; ALONGSIDE_SOAK=1 takes each n up to 25.
"""

import concurrent.futures
import os
import resource
import shutil
import time
import unittest

from audit_records import records
from crash_load import is_soak, on_record
from disk_scene import REFUSED, Injection, Scene, ShortWrite
from wire_peer import PAGE, Shopper

POINTS = 25
# The contract's two seconds, and what a busy machine adds.
TOLD_SECONDS_MAX = 2 + 3
# A log is opened anew after 10 s.
REOPEN_SECONDS_MAX = 40
FAULTS = {
    "EIO of a write": "pwrite64:error=EIO",
    "ENOSPC of a write": "pwrite64:error=ENOSPC",
    "EIO of a sync": "fdatasync:error=EIO",
    "a sync that hangs": "fdatasync:delay_enter=2600000",
}
SHORT = "a short write"
SLOW = "fdatasync:delay_enter=300000"
# In parallel: these runs wait more than they work.
WORKERS = 4


def points(policy):
    """(fault, n): what is made to fail, and at which of its calls."""
    if is_soak():
        return [(fault, n) for fault in (*FAULTS, SHORT) for n in range(1, POINTS + 1)]
    if policy == "continue":
        return [("EIO of a write", 2), ("EIO of a sync", 1), ("a sync that hangs", 2)]
    return [
        ("EIO of a write", 1),
        ("EIO of a sync", 2),
        ("a sync that hangs", 1),
        ("ENOSPC of a write", 3),
        (SHORT, 9),
    ]


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
@unittest.skipUnless(os.geteuid() == 0, "tracing the relay needs root")
class FailingDisk(unittest.TestCase):
    def run_points(self, policy, check):
        todo = points(policy)
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            running = {pool.submit(check, policy, fault, n): (fault, n) for fault, n in todo}
            for future in concurrent.futures.as_completed(running):
                with self.subTest(policy=policy, fault=running[future]):
                    future.result()
        told = [future.result() for future in running if future.exception() is None]
        print(
            f"  {policy}: {len(told)} of {len(todo)} points, people told after {max(told):.2f} s at most", flush=True
        )

    def test_deny_new_refuses_and_lets_look_on(self):
        self.run_points("deny-new", self.check_end)

    def test_end_sessions_refuses_and_ends_with_words(self):
        self.run_points("end-sessions", self.check_end)

    def test_continue_goes_on_and_says_what_is_missing(self):
        self.run_points("continue", self.check_going_on)

    def injection(self, stack, fault, n):
        return ShortWrite(stack, n) if fault == SHORT else Injection(stack, FAULTS[fault], n)

    def check_end(self, policy, fault, n):
        with Scene(policy) as scene:
            with self.injection(scene.stack, fault, n):
                seconds, answer = scene.provoke(n)
                self.assertEqual(answer, REFUSED)
                self.assertLess(seconds, TOLD_SECONDS_MAX)
                if policy == "deny-new":
                    scene.check_told(TOLD_SECONDS_MAX)
                    scene.check_nothing_new()
                    scene.shopper.control("end", {"why": "shopper"})
                    self.assertEqual(scene.shopper.closed()[0], 4510)
                    why = "shopper"
                else:
                    self.assertEqual(scene.shopper.receive("end", seconds=TOLD_SECONDS_MAX).json, {"why": "relay"})
                    self.assertEqual(scene.shopper.closed(), REFUSED)
                    why = "relay"
                gone = scene.rep.receive("presence", lambda frame: frame.json["state"] == "ended").json
                self.assertEqual((gone["session"], gone["why"]), (scene.shopper.session, why))
                with Shopper(scene.stack, source=scene.address()) as late:
                    late.control("hello", {"site": "demo", "page": PAGE})
                    self.assertEqual(late.closed(), REFUSED)
                self.assertEqual(scene.stack.stop(), 74)
            self.assertIn("audit log has failed", scene.stack.log)
            self.check_log(scene)
            self.come_back(scene)
        return seconds

    def check_log(self, scene):
        code, said = scene.stack.verify()
        self.assertEqual(code, 0, said)
        scene.stack.verify_independently()
        kinds = [what[0] for what in on_record(scene.stack).elements()]
        self.assertGreaterEqual(kinds.count("consent"), scene.consents + 1)

    def come_back(self, scene):
        """The next start finds what it needs and works."""
        scene.stack.start()
        # Whatever held the old process does not hold the new one.
        self.assertIsInstance(scene.stranger(), float)
        self.assertEqual(scene.stack.stop(), 0)
        self.check_log(scene)
        events = [record["event"] for record in records(scene.stack)]
        self.assertEqual(events.count("daemon.started"), 2)
        ended = events.count("session.ended") + events.count("session.abandoned")
        self.assertEqual(ended, events.count("session.opened"), "every session has its end on record")

    def check_going_on(self, policy, fault, n):
        slowest = 0.0
        with Scene(policy) as scene:
            with self.injection(scene.stack, fault, n):
                end = time.monotonic() + REOPEN_SECONDS_MAX
                while "everything goes on" not in scene.stack.log:
                    self.assertLess(time.monotonic(), end, "the disk never failed")
                    slowest = max(slowest, self.served(scene))
                slowest = max(slowest, self.served(scene))
                scene.check_told(TOLD_SECONDS_MAX)
            if fault == SHORT:
                unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                resource.prlimit(scene.stack.process.pid, resource.RLIMIT_FSIZE, unlimited)
            while "the audit log is open again" not in scene.stack.log:
                self.assertLess(time.monotonic(), end, "the log is not opened again")
                time.sleep(0.1)
            self.served(scene)
            self.assertEqual(scene.stack.stop(), 0)
            code, said = scene.stack.verify()
            self.assertEqual(code, 0, said)
            scene.stack.verify_independently()
            told = records(scene.stack)
            gaps = [record["data"] for record in told if record["event"] == "audit.gap"]
            self.assertIn("continued", [gap["reason"] for gap in gaps])
            self.assertGreater(sum(gap["entries"] for gap in gaps), 0)
            self.assertIn(scene.last, [r["session"] for r in told if r["event"] == "consent.given"])
        return slowest

    def served(self, scene):
        answer = scene.stranger()
        self.assertIsInstance(answer, float, f"refused under continue: {answer}")
        self.assertLess(answer, TOLD_SECONDS_MAX)
        return answer


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
@unittest.skipUnless(os.geteuid() == 0, "tracing the relay needs root")
class SlowDisk(unittest.TestCase):
    def test_a_slow_sync_delays_effects_and_loses_nothing(self):
        with Scene("deny-new") as scene:
            with Injection(scene.stack, SLOW, None):
                took = [scene.stranger() for _ in range(3)]
                for seconds in took:
                    self.assertIsInstance(seconds, float)
                    self.assertGreaterEqual(seconds, 0.3, "an effect does not wait for the disk")
            self.assertEqual(scene.stack.stop(), 0)
            self.assertNotIn("audit log has failed", scene.stack.log)
            code, said = scene.stack.verify()
            self.assertEqual(code, 0, said)


if __name__ == "__main__":
    unittest.main()
