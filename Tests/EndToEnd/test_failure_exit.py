"""A relay whose audit log has failed tells its people and ends by itself with 74; a gap says what is missing."""

import resource
import time
import unittest

from audit_records import records
from crash_load import SignedStack
from wire_peer import Rep, Shopper

# The drain, and what a busy machine adds.
END_SECONDS = 5 + 15


class FailureExit(unittest.TestCase):
    def fail(self, policy, mends):
        """Runs a session until no byte more can be written; with `mends` the disk can be written again at once."""
        # A write beyond a limit is to fail, not to end the process.
        prefix = ("env", "--ignore-signal=XFSZ")
        stack = self.enterContext(SignedStack(workers=1, audit=f'on_failure = "{policy}"', prefix=prefix))
        shopper = self.enterContext(Shopper(stack))
        with Rep(stack, "rep0") as rep:
            shopper.ask_for_help()
            rep.accept(shopper)
            shopper.answer_keyframe_request()
            rep.receive("keyframe")
            [segment] = sorted((stack.audit / "wal").glob("*.seg"))[-1:]
            limit = len(segment.read_bytes().rstrip(b"\0"))
            resource.prlimit(stack.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            begin = time.monotonic()
            shopper.cursor(7, 7)
            self.assertEqual(shopper.receive("end", seconds=END_SECONDS).json, {"why": "relay"})
            told = time.monotonic() - begin
            if mends:
                resource.prlimit(
                    stack.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                )
            self.assertEqual(shopper.closed()[0], 4004)
        process = stack.process
        self.assertEqual(process.wait(END_SECONDS), 74)
        print(f"  {policy}: told after {told:.2f} s, ended after {time.monotonic() - begin:.1f} s", flush=True)
        stack.process = None
        code, said = stack.verify()
        self.assertEqual(code, 0, said)
        stack.verify_independently()
        return stack

    def test_what_is_missing_is_on_record_when_the_disk_can_be_written_again(self):
        for policy in ("deny-new", "end-sessions"):
            with self.subTest(policy):
                stack = self.fail(policy, mends=True)
                gaps = [record["data"] for record in records(stack) if record["event"] == "audit.gap"]
                self.assertEqual([gap["reason"] for gap in gaps], ["stopped"])
                self.assertGreater(gaps[0]["entries"], 0)

    def test_what_is_missing_is_in_the_journal_when_it_cannot(self):
        stack = self.fail("deny-new", mends=False)
        self.assertIn("in no record of the audit log, which cannot be written", stack.log)
        stack.start()
        with Shopper(stack) as shopper:
            shopper.ask_for_help()
        self.assertEqual(stack.stop(), 0)
        self.assertEqual(stack.verify()[0], 0)


if __name__ == "__main__":
    unittest.main()
