"""`--json` of every command of alongside-audit: one object a line, with the members that alongside-audit(1) names."""

import json
import re
import subprocess
import unittest

from crash_load import KEY_NAME
from man_pages_test import commands, flags, text_of
from recorded_session import RecordedShopper, RecordingStack, page
from relay_stack import BIN
from wire_peer import Rep

PAGE = "alongside-audit.1"
# What a record begins with (Protocol/audit-log.md); `show` has no row in the manual's table.
RECORD = ["v", "t", "mono", "boot"]


def documented():
    """{command: [(member, may it be null)]} of the manual's table."""
    rows = re.findall(r"^\.It ([a-z()., ]+?) Ta (.+)$", text_of(PAGE), re.MULTILINE)
    return {name: [(word.rstrip("?"), word.endswith("?")) for word in members.split()] for name, members in rows}


class JSONOutput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = RecordingStack()
        cls.addClassCleanup(cls.stack.close)
        cls.key = cls.stack.folder / "checkpoint.key"
        subprocess.run([BIN / "alongside-audit", "key", "generate", KEY_NAME, "--output", cls.key], check=True)
        configuration = cls.stack.folder / "alongsided.toml"
        table = f'[audit]\ncheckpoint_key = "{cls.key}"\n\n[[site]]'
        configuration.write_text(configuration.read_text().replace("[[site]]", table, 1))
        cls.stack.start()
        with Rep(cls.stack) as rep:
            shopper = RecordedShopper(cls.stack)
            rep.accept(shopper)
            shopper.answer_keyframe_request(page(["Some words"]))
            rep.receive("keyframe")
            shopper.end()
        cls.session = shopper.session
        cls.stack.wait_for_record("recording.stopped", cls.session)
        assert cls.stack.stop() == 0

    def table(self):
        """(row of the manual, command with its arguments, exit code), in an order in which each finds what it needs."""
        log, session, identity = str(self.stack.audit), self.session, ("--identity", self.stack.auditor)
        out = str(self.stack.folder / "export")
        receipt = str(self.stack.audit / "receipts" / f"{session}.tlog-proof")
        verifier = self.verifier()
        because = ("--reason", "a test")
        yield "verify", ["verify", log, "--key", verifier], 0
        yield "verify (alone)", ["verify", "--receipt", receipt, "--key", verifier], 0
        yield "verify (alone)", ["verify", "--checkpoint", f"{log}/checkpoint", "--key", verifier], 0
        yield "verify (unreadable)", ["verify", f"{log}/nowhere"], 74
        yield "prove", ["prove", log, "--session", session], 0
        yield "prove", ["prove", log, "--index", "0", "--output", out], 0
        yield "checkpoint", ["checkpoint", log, "--key", verifier], 0
        yield "key generate", ["key", "generate", "other.example", "--output", f"{out}.key"], 0
        yield "key show", ["key", "show", str(self.key)], 0
        yield "fsck", ["fsck", log], 0
        yield "show", ["show", log], 0
        yield "search", ["search", log], 0
        yield "search", ["list", log], 0
        yield "search", ["search", log, "--text", "some words", *identity], 0
        yield "stats", ["stats", log], 0
        yield "replay", ["replay", log, session, "--seat", "1", *identity], 0
        yield "replay", ["replay", log, session, *identity], 0
        yield "export", ["export", log, "--format", "jsonl", "--output", out], 0
        yield "export", ["export", log, "--format", "html", "--session", session, *identity, "--output", out], 0
        yield "hold", ["hold", log, session, *because], 0
        yield "hold", ["hold", log, session, *because, "--lift"], 0
        state = ("--state", str(self.stack.folder / "witnessed"))
        yield "witness", ["witness", log, *state, "--key", verifier, "--", "true"], 0
        rules = ("--config", str(self.stack.folder / "alongsided.toml"))
        yield "retain", ["retain", log, *rules, "--dry-run"], 0
        yield "erase", ["erase", log, session, *because, "--dry-run"], 0
        yield "erase", ["erase", log, session, *because], 0

    def verifier(self):
        done = subprocess.run([BIN / "alongside-audit", "key", "show", self.key], capture_output=True, text=True)
        return done.stdout.strip()

    def test_z_every_command_answers_with_the_documented_objects(self):
        manual, used = documented(), set()
        for row, arguments, code in self.table():
            with self.subTest(command=" ".join(arguments[:2])):
                # What stands behind -- is another program's.
                end = arguments.index("--") if "--" in arguments else len(arguments)
                whole = [BIN / "alongside-audit", *arguments[:end], "--json", *arguments[end:]]
                done = subprocess.run(whole, capture_output=True, text=True)
                self.assertEqual(done.returncode, code, done.stderr)
                lines = [json.loads(line) for line in done.stdout.splitlines()]
                self.assertTrue(lines, "nothing was said")
                for line in lines:
                    self.check(line, manual.get(row))
                used.add(row)
        self.assertEqual(used - {"show"}, set(manual), "a row of the manual is not tried")

    def check(self, line, members):
        if members is None:
            self.assertEqual(list(line)[: len(RECORD)], RECORD)
            return
        self.assertEqual(list(line), [name for name, _ in members])
        for name, may_be_null in members:
            self.assertTrue(may_be_null or line[name] is not None, f"{name} is null")

    def test_every_command_has_the_flag(self):
        tried = {tuple(arguments[:2] if arguments[0] == "key" else arguments[:1]) for _, arguments, _ in self.table()}
        for command in commands("alongside-audit"):
            self.assertIn("json", flags("alongside-audit", *command), command)
            self.assertIn(command, tried, "a command is not tried")

    def test_objects_say_what_the_words_say(self):
        log = str(self.stack.audit)
        identity = ("--identity", self.stack.auditor)
        lines = json.loads(self.said("replay", log, self.session, *identity, "--json"))["lines"]
        self.assertIn("Some words", "\n".join(lines))
        proof = json.loads(self.said("prove", log, "--index", "3", "--json"))["proof"]
        self.assertEqual(proof, self.said("prove", log, "--index", "3"))

    def said(self, *arguments):
        done = subprocess.run([BIN / "alongside-audit", *arguments], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
