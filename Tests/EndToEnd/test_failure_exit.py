"""A relay whose audit log has failed tells its people and ends by itself with 74; a gap says what is missing."""

import resource
import time
import unittest

from audit_records import records
from disk_scene import REFUSED, Scene

# Until the failure is noticed and told, and what a busy machine adds.
TOLD_SECONDS = 2 + 8
# The drain, and what a busy machine adds.
END_SECONDS = 5 + 15
LATER_FRAMES = 40


class FailureExit(unittest.TestCase):
    def scene(self, policy, limits=""):
        """A session under way in a relay that can write no byte more."""
        scene = self.enterContext(Scene(policy, limits=limits))
        [segment] = sorted((scene.stack.audit / "wal").glob("*.seg"))[-1:]
        self.limit(scene, len(segment.read_bytes().rstrip(b"\0")))
        return scene

    def limit(self, scene, size=resource.RLIM_INFINITY):
        resource.prlimit(scene.stack.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def check_over(self, scene, begin):
        """The relay ends by itself; the log is whole."""
        stack = scene.stack
        self.assertEqual(stack.process.wait(END_SECONDS), 74)
        print(f"    it ended by itself after {time.monotonic() - begin:.1f} s", flush=True)
        stack.process = None
        code, said = stack.verify()
        self.assertEqual(code, 0, said)
        stack.verify_independently()

    def check_gap(self, scene):
        """Every frame that the shopper sent is on record or counted in the gap."""
        told = records(scene.stack)
        gaps = [record["data"] for record in told if record["event"] == "audit.gap"]
        self.assertEqual([gap["reason"] for gap in gaps], ["stopped"])
        self.assertGreater(gaps[0]["entries"], 0)
        [end] = [record for record in told if record.get("session") == scene.shopper.session][-1:]
        self.assertEqual(end["event"], "session.abandoned")
        self.assertEqual(end["data"]["frames"] + gaps[0]["frames"], scene.shopper.hashed)

    def look_on(self, scene):
        """Both are told, nothing new begins, and the frames go on."""
        begin = time.monotonic()
        scene.shopper.cursor(7, 7)
        scene.check_told(TOLD_SECONDS)
        print(f"  deny-new: told after {time.monotonic() - begin:.2f} s", flush=True)
        scene.check_nothing_new()
        for number in range(LATER_FRAMES):
            scene.shopper.page_frame("delta", {"number": number})
        scene.rep.receive("delta", lambda frame: frame.json == {"number": LATER_FRAMES - 1})

    def test_under_deny_new_it_ends_when_the_last_session_has_ended(self):
        scene = self.scene("deny-new", limits="drain_seconds_max = 1")
        self.look_on(scene)
        # The drain's length passes, and the session goes on.
        end, number = time.monotonic() + 3, LATER_FRAMES
        while time.monotonic() < end:
            number += 1
            scene.shopper.page_frame("delta", {"number": number})
            scene.rep.receive("delta", lambda frame: frame.json == {"number": number})
            time.sleep(0.02)
        self.assertIsNone(scene.stack.process.poll())
        self.limit(scene)
        begin = time.monotonic()
        scene.shopper.control("end", {"why": "shopper"})
        self.assertEqual(scene.shopper.closed()[0], 4510)
        self.check_over(scene, begin)
        self.check_gap(scene)

    def test_under_deny_new_what_goes_on_has_a_bound(self):
        begin = time.monotonic()
        scene = self.scene("deny-new", limits="unrecorded_seconds_max = 1")
        self.look_on(scene)
        self.limit(scene)
        self.assertEqual(scene.shopper.receive("end", seconds=END_SECONDS).json, {"why": "relay"})
        self.assertEqual(scene.shopper.closed(), REFUSED)
        self.check_over(scene, begin)
        self.check_gap(scene)

    def test_under_end_sessions_it_ends_by_itself_after_it_told_everyone(self):
        scene = self.scene("end-sessions")
        begin = time.monotonic()
        scene.shopper.cursor(7, 7)
        self.assertEqual(scene.shopper.receive("end", seconds=TOLD_SECONDS).json, {"why": "relay"})
        self.limit(scene)
        self.assertEqual(scene.shopper.closed(), REFUSED)
        print(f"  end-sessions: told after {time.monotonic() - begin:.2f} s", flush=True)
        self.check_over(scene, begin)
        self.check_gap(scene)

    def test_what_is_missing_is_in_the_journal_when_it_cannot_be_recorded(self):
        scene = self.scene("deny-new", limits="unrecorded_seconds_max = 1")
        self.look_on(scene)
        self.check_over(scene, time.monotonic())
        self.assertIn("in no record of the audit log, which cannot be written", scene.stack.log)
        scene.stack.start()
        self.assertIsInstance(scene.stranger(), float)
        self.assertEqual(scene.stack.stop(), 0)
        self.assertEqual(scene.stack.verify()[0], 0)


if __name__ == "__main__":
    unittest.main()
