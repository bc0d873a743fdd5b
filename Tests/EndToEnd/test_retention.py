"""Recordings that are past their site's rule go, and nothing else: alongside-audit retain beside a relay and alone."""

import json
import os
import shutil
import subprocess
import unittest

from audit_records import records
from crash_load import SignedStack
from recorded_session import RecordedShopper, RecordingStack, page
from relay_stack import BIN
from wire_peer import Rep

CANARY = "canary-4e90-"
SESSIONS = 4


def usage(folder):
    """What the files take on the disk, as du counts it."""
    said = subprocess.run(["du", "-s", "--block-size=1", str(folder)], check=True, capture_output=True, text=True)
    return int(said.stdout.split()[0])


class Retention(unittest.TestCase):
    """The tests follow one another, on one relay's log."""

    @classmethod
    def setUpClass(cls):
        cls.stack = cls.enterClassContext(RecordingStack())
        cls.sessions, cls.secrets = [], {}
        with Rep(cls.stack, "demo") as rep:
            for number in range(SESSIONS):
                shopper = RecordedShopper(cls.stack)
                rep.accept(shopper)
                shopper.answer_keyframe_request(page([f"{CANARY}{number}"], ballast=12))
                rep.receive("keyframe")
                shopper.end()
                cls.stack.wait_for_record("recording.stopped", shopper.session)
                cls.sessions.append(shopper.session)
                key = open(cls.stack.session_key(shopper.session)).read().split()[-1]
                cls.secrets[shopper.session] = key.encode()
        cls.sizes = {
            session: sum(path.stat().st_size for path in cls.stack.chunks(session))
            + (cls.stack.audit / "keys" / f"{session}.age").stat().st_size
            for session in cls.sessions
        }

    def rule(self, text):
        path = self.stack.folder / "rules.toml"
        path.write_text(f'[[site]]\nkey = "demo"\n{text}\n')
        return str(path)

    def retain(self, rule, *arguments, code=0):
        done = self.stack.audit_program("retain", "--config", self.rule(rule), "--json", *arguments, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if done.stdout else done.stderr

    def expired(self):
        return [
            (record["data"]["session"], record["data"]["why"])
            for record in records(self.stack)
            if record["event"] == "recording.expired"
        ]

    def verify(self):
        code, said = self.stack.verify_audit()
        self.assertEqual(code, 0, said)
        SignedStack.verify_independently(self.stack)

    def assert_gone(self, session):
        for path in self.stack.state.rglob("*"):
            self.assertFalse(session in path.name and "/receipts/" not in str(path), path)
            if path.is_file():
                content = path.read_bytes()
                self.assertNotIn(self.secrets[session], content, path)
                self.assertNotIn(CANARY.encode(), content, path)

    def test_a_a_mistaken_rule_is_refused(self):
        for rule in ("retention_days = 0", "retention_bytes = 'much'", "retention_days ="):
            self.assertIn("rules.toml", self.retain(rule, code=78))
        missing = self.stack.audit_program("retain", "--config", "/nonexistent", check=False)
        self.assertEqual(missing.returncode, 78)

    def test_b_at_the_limit_nothing_goes(self):
        done = self.retain(f"retention_days = 1\nretention_bytes = {sum(self.sizes.values())}")
        self.assertEqual((done["gone"], done["refused"]), ([], []))
        [site] = done["sites"]
        self.assertEqual((site["recordings"], site["bytes"]), (SESSIONS, sum(self.sizes.values())))
        self.assertEqual(self.expired(), [])

    def test_c_a_dry_run_changes_nothing(self):
        before = self.lying()
        done = self.retain(f"retention_bytes = {sum(self.sizes.values()) - 1}", "--dry-run")
        self.assertEqual([gone["session"] for gone in done["gone"]], self.sessions[:1])
        self.assertEqual(self.lying(), before)
        self.assertEqual(self.expired(), [])

    def lying(self):
        """What lies on the disk of recordings, keys and orders, and since when."""
        names = ("rec", "keys", "inbox")
        paths = [path for name in names for path in (self.stack.audit / name).rglob("*")]
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}

    def test_d_one_past_the_limit_the_oldest_that_is_not_held_goes(self):
        self.stack.audit_program("hold", self.sessions[0], "--reason", "a claim")
        used = usage(self.stack.audit / "rec") + usage(self.stack.audit / "keys")
        done = self.retain(f"retention_bytes = {sum(self.sizes.values()) - 1}")
        [gone] = done["gone"]
        self.assertEqual((gone["session"], gone["why"], gone["files"]), (self.sessions[1], "size", 2))
        self.assertEqual(gone["bytes"], self.sizes[self.sessions[1]])
        freed = used - usage(self.stack.audit / "rec") - usage(self.stack.audit / "keys")
        self.assertGreaterEqual(freed, gone["bytes"])
        print(f"  du: {freed} bytes less for {gone['bytes']} bytes of files", flush=True)
        self.assertEqual(self.expired(), [(self.sessions[1], "size")])
        self.assertEqual(done["sites"][0]["bound"], 0)
        self.assert_gone(self.sessions[1])
        self.verify()

    def test_e_a_hold_stands_above_every_rule_and_is_said(self):
        done = self.retain("retention_bytes = 1", "--dry-run")
        self.assertEqual([gone["session"] for gone in done["gone"]], self.sessions[2:])
        [site] = done["sites"]
        self.assertEqual((site["bound"], site["boundBytes"]), (1, self.sizes[self.sessions[0]]))

    @unittest.skipUnless(shutil.which("strace") and os.geteuid() == 0, "tracing needs root and strace")
    def test_f_a_crash_in_the_middle_is_finished_by_the_next_run(self):
        self.assertEqual(self.stack.stop(), 0)
        rule = ["--config", self.rule("retention_bytes = 1")]
        command = [str(BIN / "alongside-audit"), "retain", str(self.stack.audit), *rule]
        # Its key is gone and its record is durable when the program dies before the first chunk goes.
        chunk = self.stack.chunks(self.sessions[2])[0]
        trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", str(chunk), "-e", "trace=unlink"]
        killed = subprocess.run([*trace, "-e", "inject=unlink:signal=KILL:error=EIO", *command], capture_output=True)
        self.assertNotEqual(killed.returncode, 0)
        self.assertTrue(chunk.exists())
        # Whoever writes the log next finishes it. Nobody has yet, and verify says what is left.
        code, said = self.stack.verify_audit()
        self.assertEqual(code, 1)
        self.assertIn(f"rec/{self.sessions[2]}/1.age", said)
        done = self.retain("retention_bytes = 1")
        self.assertEqual([gone["session"] for gone in done["gone"]], self.sessions[2:])
        self.assertEqual(self.expired(), [(session, "size") for session in self.sessions[1:]])
        for session in self.sessions[1:]:
            self.assert_gone(session)
        self.assertEqual(self.retain("retention_bytes = 1")["gone"], [])
        self.verify()
        # The held one still opens.
        self.assertTrue(
            self.stack.decrypted(self.stack.session_key(self.sessions[0]), self.stack.chunks(self.sessions[0])[0])
        )


if __name__ == "__main__":
    unittest.main()
