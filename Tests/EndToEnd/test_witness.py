"""A witness is handed each new checkpoint with the proof that the log only grew, and takes no other."""

import shlex
import shutil
import subprocess
import time
import unittest

import audit_verifier
from crash_load import SignedStack
from relay_stack import BIN
from wire_peer import Shopper

PROGRAM = str(BIN / "alongside-audit")
SECONDS = 20


class Witness(unittest.TestCase):
    def setUp(self):
        self.stack = self.enterContext(SignedStack(workers=1))
        self.given = self.stack.folder / "given"
        self.kept = self.stack.folder / "kept"
        receive = [PROGRAM, "witness", "--receive", "--state", str(self.kept), "--key", self.stack.verifier_key]
        # The operator's command: it keeps a copy of what it was given, and takes it to the witness.
        self.command = self.stack.folder / "witness"
        self.command.write_text(f"#!/bin/sh\ntee {self.given}.body | {shlex.join(receive)}\n")
        self.command.chmod(0o755)

    def grow(self):
        """A shopper comes and goes; waits for the checkpoint that covers it."""
        path = self.stack.audit / "checkpoint"
        before = path.read_text() if path.exists() else ""
        with Shopper(self.stack) as shopper:
            shopper.ask_for_help()
        end = time.monotonic() + SECONDS
        while not path.exists() or path.read_text() == before:
            self.assertLess(time.monotonic(), end, "no checkpoint")
            time.sleep(0.02)

    def hand_over(self, directory=None, command=None):
        """What the timer does: (exit code, words)."""
        done = subprocess.run(
            [PROGRAM, "witness", str(directory or self.stack.audit), "--state", str(self.given), "--"]
            + [str(command or self.command)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr

    def receive(self, body):
        done = subprocess.run(
            [PROGRAM, "witness", "--receive", "--state", str(self.kept), "--key", self.stack.verifier_key],
            input=body,
            capture_output=True,
            timeout=60,
        )
        return done.returncode, done.stderr.decode()

    def size(self, path):
        return int(path.read_text().splitlines()[1])

    def stop(self):
        """The relay stops, and its last checkpoint stays."""
        self.assertEqual(self.stack.stop(), 0)

    def test_consecutive_checkpoints_are_proved_and_kept(self):
        sizes = []
        for _ in range(3):
            self.grow()
            code, said = self.hand_over()
            self.assertEqual(code, 0, said)
            self.assertEqual(self.given.read_text(), self.kept.read_text())
            sizes.append(self.size(self.kept))
        self.assertEqual(sizes, sorted(set(sizes)))
        body = (self.stack.folder / "given.body").read_bytes()
        self.assertTrue(body.startswith(b"old %d\n" % sizes[1]), body)
        self.stop()
        self.assertEqual(self.hand_over()[0], 0)
        code, said = self.hand_over(command="/bin/false")
        self.assertEqual((code, said), (0, f"nothing new since size {self.size(self.kept)}\n"))
        # What the witness keeps is what any verifier can hold the log against.
        done = subprocess.run(
            [
                PROGRAM,
                "verify",
                str(self.stack.audit),
                "--key",
                self.stack.verifier_key,
                "--checkpoint",
                str(self.kept),
            ],
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        audit_verifier.verify(str(self.stack.audit), audit_verifier.verifier_key(self.stack.verifier_key))
        print(f"  checkpoints of sizes {sizes} handed over", flush=True)

    def test_what_the_command_refused_is_handed_over_again(self):
        self.grow()
        for command in ("/bin/false", "/nonexistent"):
            code, said = self.hand_over(command=command)
            self.assertEqual(code, 75, said)
            self.assertFalse(self.given.exists())
        self.assertEqual(self.hand_over()[0], 0)

    def test_a_log_that_was_rewritten_or_rewound_is_not_taken(self):
        self.grow()
        self.stop()
        old = self.stack.folder / "old"
        shutil.copytree(self.stack.audit, old, ignore=shutil.ignore_patterns("door"))
        self.stack.start()
        self.grow()
        self.stop()
        self.assertEqual(self.hand_over()[0], 0)
        code, said = self.hand_over(old)
        self.assertEqual(code, 1, said)
        self.assertIn("rewritten or rewound", said)
        # Another log of the same key, longer than the one that is held.
        shutil.rmtree(self.stack.audit)
        self.stack.start()
        while not (self.stack.audit / "checkpoint").exists() or self.size(
            self.stack.audit / "checkpoint"
        ) <= self.size(self.kept):
            self.grow()
        self.stop()
        code, said = self.hand_over()
        self.assertEqual(code, 1, said)
        # Without its state the operator's side proves nothing, and the witness does not take it for the beginning.
        self.given.unlink()
        code, said = self.hand_over()
        self.assertEqual(code, 75, said)
        self.assertIn("does not begin at the checkpoint that is held", said)

    def test_a_forged_body_is_refused_whole(self):
        self.grow()
        self.assertEqual(self.hand_over()[0], 0)
        self.grow()
        self.assertEqual(self.hand_over(command="/bin/false")[0], 75)
        self.stop()
        kept = self.kept.read_text()
        body = self.stack.folder / "body"
        self.assertEqual(self.hand_over(command=self.copying(body))[0], 0)
        good = body.read_bytes()
        lines = good.split(b"\n")
        damages = [good[:-1], b"", good + b"\n", good.replace(b"old ", b"old 0", 1), b"\n".join(lines[1:])]
        damages += [b"\n".join(lines[:1] + lines[2:]), b"\n".join(lines[:2] + lines[1:])]
        damages += [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(0, len(good), 7)]
        for damage in damages:
            code, said = self.receive(damage)
            self.assertIn(code, (1, 75), (damage, said))
            self.assertEqual(self.kept.read_text(), kept)
        self.assertEqual(self.receive(good)[0], 0)
        self.assertNotEqual(self.kept.read_text(), kept)
        print(f"  {len(damages)} forged bodies refused", flush=True)

    def copying(self, path):
        command = self.stack.folder / "copy"
        command.write_text(f"#!/bin/sh\nexec cat >{path}\n")
        command.chmod(0o755)
        return command


if __name__ == "__main__":
    unittest.main()
