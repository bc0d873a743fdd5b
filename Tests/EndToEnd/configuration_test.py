"""A start that cannot be: it ends with the right code, and the operator reads where the mistake is."""

import os
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from relay_stack import BIN, RelayStack, free_port

GOOD = """listen = ["127.0.0.1:{port}"]
relay_names = ["ws://127.0.0.1:{port}"]
state_directory = "{folder}/state"
allowed_signers = "{folder}/allowed_signers"

[[site]]
key = "demo"
origins = ["https://shop.example"]
"""


class Configuration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="alongside-test.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "state").mkdir(mode=0o700)
        (self.folder / "allowed_signers").write_text("")
        self.file = self.folder / "alongsided.toml"
        self.good = GOOD.format(port=free_port(), folder=self.folder)

    def start(self, text=None, *flags):
        """Starts the relay, which must end by itself: (code, what it said)."""
        if text is not None:
            self.file.write_text(text)
        done = subprocess.run(
            [str(BIN / "alongsided"), "--config", str(self.file), *flags],
            capture_output=True,
            text=True,
            timeout=20,
            env={**os.environ, "SWIFT_BACKTRACE": "enable=no"},
        )
        return done.returncode, done.stdout + done.stderr

    def refuse(self, text, *problems):
        """The start ends with 78 and tells each problem as `file:line: key: words`."""
        code, said = self.start(text)
        self.assertEqual(code, 78, said)
        for line, rest in problems:
            self.assertIn(f"{self.file}:{line}: {rest}", said)
        return said

    def test_a_good_file_is_called_good(self):
        self.assertEqual(self.start(self.good, "--check-config"), (0, f"{self.file}: good\n"))

    def test_every_mistake_is_told_at_once_with_its_line_and_key(self):
        said = self.refuse(
            'listen = ["127.0.0.1"]\nlog_level = "loud"\nlisten_on = 3\nstate_directory = 7\n\n'
            '[limits]\nseat_count_max = 0\nring_bytes_max = "x"\n\n'
            '[[site]]\nkey = "a"\norigins = ["https://Shop.example", "https://shop.example/"]\n\n'
            '[[site]]\nname = "keyless"\n\n'
            '[[site]]\nkey = "a"\norigins = ["https://shop.example"]\n\n'
            '[[rep]]\nprincipal = "ana"\nsites = ["b"]\n\n[[rep]]\nname = "Nobody"\n',
            (1, 'listen: "127.0.0.1" is no address'),
            (2, 'log_level: "loud" is none of'),
            (3, "listen_on: is no key of this file"),
            (4, "state_directory: is not a text"),
            (7, "limits.seat_count_max: is not a whole number from 1"),
            (8, "limits.ring_bytes_max: is not a whole number from"),
            (12, "site.origins: "),
            (14, "site.key: is missing"),
            (18, 'site.key: "a" is there twice'),
            (23, 'rep.sites: "b" is the key of no site'),
            (25, "rep.principal: is missing"),
        )
        self.assertIn(f"{self.file}: relay_names: is missing", said)

    def test_a_file_that_is_no_toml_is_told_with_its_line(self):
        self.refuse(self.good + "\n[[site\n", (10, "is not TOML"))

    def test_a_site_that_nobody_could_enter_is_refused(self):
        for origins in ("[]", '["https://shop.example:443"]', '["shop.example"]', '["*"]', '["null"]'):
            with self.subTest(origins):
                self.refuse(self.good.replace('["https://shop.example"]', origins), (8, "site.origins: "))

    def test_a_missing_file_is_told(self):
        code, said = self.start()
        self.assertEqual(code, 78, said)
        self.assertIn(f"{self.file}: cannot be read", said)

    def test_missing_allowed_signers_are_told(self):
        (self.folder / "allowed_signers").unlink()
        code, said = self.start(self.good)
        self.assertEqual(code, 78, said)
        self.assertIn(f"{self.folder}/allowed_signers: cannot be read", said)

    def test_a_wrong_line_in_allowed_signers_is_told(self):
        (self.folder / "allowed_signers").write_text("# reps\nana ssh-ed25519 AAAA\n")
        code, said = self.start(self.good)
        self.assertEqual(code, 78, said)
        self.assertIn(f"{self.folder}/allowed_signers", said)
        self.assertRegex(said, r"\b2\b")

    def test_a_state_directory_that_cannot_be_written_ends_with_74(self):
        text = self.good.replace(f'"{self.folder}/state"', f'"{self.folder}/allowed_signers"')
        code, said = self.start(text)
        self.assertEqual(code, 74, said)
        self.assertIn(f"{self.folder}/allowed_signers/audit", said)

    def test_a_state_directory_in_use_ends_with_74(self):
        with RelayStack() as stack:
            text = self.good.replace(f"{self.folder}/state", str(stack.state))
            code, said = self.start(text)
            self.assertEqual(code, 74, said)
            self.assertIn(str(stack.audit), said)

    def test_a_port_in_use_ends_with_69(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            code, said = self.start(GOOD.format(port=port, folder=self.folder))
        self.assertEqual(code, 69, said)
        self.assertIn(str(port), said)
        # What was opened before is closed in order: the next start finds a log that is whole.
        done = subprocess.run(
            [str(BIN / "alongside-audit"), "verify", str(self.folder / "state" / "audit")], capture_output=True
        )
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_wrong_usage_ends_with_64(self):
        self.assertEqual(self.start(self.good, "--no-such-flag")[0], 64)


if __name__ == "__main__":
    unittest.main()
