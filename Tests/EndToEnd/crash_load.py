"""Shoppers and reps at work beside each other, and what each of them saw: what they saw must be on record.

load = Load(stack, workers=3)
load.begin()
load.wait_for(40)        # until the peers saw so much
load.expect_end()        # from here on lost links are no surprise
stack.kill()
load.end()
load.seen                # {("login", principal): how many, ("consent", session): 1, ("seat", session, principal): 1}
"""

import collections
import itertools
import os
import subprocess
import threading

from websockets.exceptions import WebSocketException

import audit_verifier
from audit_records import records
from relay_stack import BIN, RelayStack
from wire_peer import Rep, Shopper

WAIT_SECONDS = 30
KEY_NAME = "log.example/audit"


class SignedStack(RelayStack):
    """A relay that signs its checkpoints, with `workers` reps. `audit` is added to the table of that name."""

    def __init__(self, workers=3, audit="", **options):
        self.names = [f"rep{number}" for number in range(workers)]
        super().__init__(reps=self.names, extra="", **options)
        key = self.folder / "checkpoint.key"
        made = subprocess.run(
            [str(BIN / "alongside-audit"), "key", "generate", KEY_NAME, "--output", str(key)],
            capture_output=True,
            text=True,
            check=True,
        )
        [self.verifier_key] = [word for word in made.stdout.split() if word.startswith(KEY_NAME + "+")]
        configuration = self.folder / "alongsided.toml"
        table = f'[audit]\ncheckpoint_key = "{key}"\n{audit}\n'
        configuration.write_text(configuration.read_text().replace("[[site]]", f"{table}\n[[site]]", 1))

    def verify(self, root=None, seconds=60):
        """What our verifier says of the log: (exit code, words)."""
        root = root or self.audit
        command = [str(BIN / "alongside-audit"), "verify", str(root)]
        # The first checkpoint comes a second after the first record; until then a key would miss it.
        if (root / "checkpoint").exists():
            command += ["--key", self.verifier_key]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
        return done.returncode, done.stdout + done.stderr

    def verify_independently(self, root=None):
        """Raises `audit_verifier.Bad` on a log that is not whole."""
        root = root or self.audit
        key = audit_verifier.verifier_key(self.verifier_key) if (root / "checkpoint").exists() else None
        audit_verifier.verify(str(root), key)


class Load:
    def __init__(self, stack, workers=3):
        self.stack = stack
        self.seen = collections.Counter()
        self.faults = []
        self.frames = self.sessions = 0
        self.changed = threading.Condition()
        self.is_over = False
        self.addresses = itertools.count(1)
        self.threads = [
            threading.Thread(target=self.work, args=(name,), daemon=True) for name in stack.names[:workers]
        ]

    def begin(self):
        for thread in self.threads:
            thread.start()

    def saw(self, *what):
        with self.changed:
            self.seen[what] += 1
            self.changed.notify_all()

    def wait_for(self, count):
        """Waits until the peers saw so many effects."""
        with self.changed:
            is_there = self.changed.wait_for(lambda: self.seen.total() >= count or self.faults, WAIT_SECONDS)
        assert not self.faults, self.faults
        assert is_there, f"only {self.seen.total()} of {count} effects were seen in {WAIT_SECONDS} s"

    def copy(self):
        """What was seen until now."""
        with self.changed:
            return self.seen.copy()

    def expect_end(self):
        self.is_over = True

    def end(self):
        self.is_over = True
        for thread in self.threads:
            thread.join(WAIT_SECONDS)
            assert not thread.is_alive(), "a peer hangs"
        assert not self.faults, self.faults

    def work(self, name):
        while not self.is_over:
            try:
                self.run_session(name)
            except (AssertionError, OSError, EOFError, WebSocketException) as error:
                if not self.is_over:
                    with self.changed:
                        self.faults.append(repr(error))
                        self.changed.notify_all()
                    return

    def address(self):
        """An address of its own for each link: none pays for the one before it."""
        number = next(self.addresses)
        return f"127.{1 + number // 62_500 % 250}.{1 + number // 250 % 250}.{1 + number % 250}"

    def run_session(self, name):
        with Rep(self.stack, name, login=False, source=self.address()) as rep:
            rep.control("login", rep.answer())
            rep.receive("ready")
            self.saw("login", name)
            rep.receive("queue")
            with Shopper(self.stack, source=self.address()) as shopper:
                shopper.ask_for_help()
                self.saw("consent", shopper.session)
                rep.accept(shopper)
                self.saw("seat", shopper.session, name)
                shopper.answer_keyframe_request()
                rep.receive("keyframe")
                for number in range(5):
                    shopper.page_frame("delta", {"number": number})
                    shopper.cursor(number, number)
                rep.receive("delta", lambda frame: frame.json == {"number": 4})
                self.frames += shopper.hashed
                shopper.control("end", {"why": "shopper"})
                assert shopper.closed()[0] == 4510
                self.sessions += 1


def on_record(stack):
    """What the log says was done, counted as `Load.seen` counts."""
    told = collections.Counter()
    for record in records(stack):
        event, session, principal = record["event"], record.get("session"), record["actor"].get("id")
        if event == "login.accepted":
            told["login", principal] += 1
        elif event == "consent.given":
            told["consent", session] += 1
        elif event == "seat.joined":
            told["seat", session, principal] += 1
    return told


def is_soak():
    return os.environ.get("ALONGSIDE_SOAK") == "1"
