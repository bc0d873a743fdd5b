"""A relay that records, an auditor with keys, and sessions whose pages a test makes up.

with RecordingStack(reps=("demo", "leo")) as stack:
    session = RecordedShopper(stack)        # hello, consent to the recording
    ...
    stack.audit_program("replay", session.session, "--identity", stack.auditor)
"""

import json
import pathlib
import subprocess
import time

from audit_records import records
from relay_stack import BIN, RelayStack
from rep_terminal import RepTerminal
from wire_peer import Shopper

SECONDS = 20
BLACK, GREY, BLUE, RED = 0x202428FF, 0xE8ECF0FF, 0x1F5FBFFF, 0xC0392BFF


class RecordingStack(RelayStack):
    """A relay whose one site is recorded for an auditor with an age key and one with an OpenSSH key."""

    def __init__(self, **options):
        super().__init__(extra="recording_recipients = 'RECIPIENTS'\n", **options)
        self.auditor, self.second_auditor = str(self.folder / "auditor.key"), str(self.folder / "second_auditor")
        subprocess.run(["age-keygen", "-o", self.auditor], check=True, capture_output=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.second_auditor], check=True)
        public = subprocess.run(["age-keygen", "-y", self.auditor], check=True, capture_output=True, text=True).stdout
        recipients = self.folder / "recipients"
        recipients.write_text(public + pathlib.Path(self.second_auditor + ".pub").read_text())
        configuration = self.folder / "alongsided.toml"
        text = configuration.read_text().replace("'RECIPIENTS'", f'"{recipients}"')
        configuration.write_text(text.replace('key = "demo"\n', 'key = "demo"\nrecording = "view"\n'))

    def audit_program(self, command, *arguments, check=True):
        """Runs `alongside-audit command DIR …`."""
        done = subprocess.run(
            [str(BIN / "alongside-audit"), command, str(self.audit), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert not check or done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stderr}"
        return done

    def open_replay(self, session, seat, frame, columns, rows):
        """The replay of a seat on its own pseudo-terminal, standing at a frame of the session."""
        arguments = [str(BIN / "alongside-audit"), "replay", str(self.audit), session, "--seat", str(seat)]
        arguments += ["--identity", self.auditor, "--frame", str(frame), "--paused"]
        terminal = RepTerminal(arguments, columns, rows, {"LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"})
        self.terminals.append(terminal)
        terminal.wait_for(f"Replay of {session}", SECONDS)
        return terminal

    def wait_for_record(self, event, session):
        """Waits until the log names the session in a record of the event; returns the records of the log."""
        end = time.monotonic() + SECONDS
        while True:
            known = records(self)
            if any(record["event"] == event and record["data"].get("session") == session for record in known):
                return known
            assert time.monotonic() < end, f"no {event} within {SECONDS} s"
            time.sleep(0.05)

    def decrypted(self, identity, path):
        """What the stock program finds in a file."""
        done = subprocess.run(["age", "-d", "-i", identity, str(path)], capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def session_key(self, session, identity=None):
        """The session's identity file, unwrapped with an auditor's by the stock program."""
        path = self.folder / f"{session}.key"
        path.write_bytes(self.decrypted(identity or self.auditor, self.audit / "keys" / f"{session}.age"))
        path.chmod(0o600)
        return str(path)

    def chunks(self, session):
        """The session's chunk files in order."""
        return sorted((self.audit / "rec" / session).glob("*.age"), key=lambda path: int(path.stem))


class RecordedShopper(Shopper):
    """A shopper who is told of the recording and agrees."""

    def __init__(self, stack):
        super().__init__(stack)
        self.hello()
        assert self.welcome["recorded"] is True
        self.decide(scope=("view", "record"))
        assert self.receive("acknowledge").json == {"talk": 1}

    def end(self):
        self.control("end", {"why": "shopper"})
        assert self.closed()[0] == 4510


def page(words, number=1, ballast=0):
    """A keyframe of a page with these lines, a form and a button; `ballast` blocks of text far below the fold."""
    blocks = [[1, 0, 0, 0, [["b", 0, 0, 1280, 56, BLUE], ["t", 32, 14, 300, 28, "Northwick", 0xFFFFFFFF, 1, 22]]]]
    lines = [["t", 0, 26 * row, 9 * len(line), 20, line, BLACK, 0, 16] for row, line in enumerate(words)]
    blocks.append([2, 0, 64, 90, lines])
    form = [
        ["t", 0, 0, 90, 18, "Postcode", BLACK, 256, 14],
        ["f", 0, 24, 320, 40, "text", 8, "", "SW1A 1AA", GREY, [2, RED], BLACK, 16, "Postcode"],
        ["b", 0, 90, 180, 44, BLUE, 0, 6],
        ["t", 48, 102, 90, 20, "Continue", 0xFFFFFFFF, 257, 16],
    ]
    blocks.append([3, 0, 700, 120, form])
    for row in range(ballast):
        blocks.append(
            [
                10 + row,
                0,
                0,
                9000 + row * 700,
                [["t", 0, 10 * n, 900, 9, chr(97 + n % 26) * 500, BLACK, 0, 9] for n in range(64)],
            ]
        )
    return {
        "page": {"id": number, "url": "https://shop.example/delivery", "title": "Delivery", "language": "en"},
        "viewport": [1280, 800],
        "size": [1280, 20000],
        "ground": 0xFFFFFFFF,
        "layers": [[0, 0, 0, 0, 0, 1280, 20000, 0, 0]],
        "blocks": blocks,
    }


def cell(char):
    """What can be seen of a cell: of a blank only its ground, and lines through or under it."""
    lines = (char.underscore, char.strikethrough, char.reverse)
    if char.data == " " and not any(lines):
        return " ", char.bg
    return char.data, char.bg, char.fg, char.bold, char.italics, *lines


def pane(terminal):
    """The page's cells, each with what can be seen of it."""
    rows = range(2, terminal.screen.lines - 2)
    return [[cell(terminal.screen.buffer[row][column]) for column in range(terminal.screen.columns)] for row in rows]


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]
