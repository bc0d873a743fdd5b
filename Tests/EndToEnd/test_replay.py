"""A session recorded with `view`, replayed for reps who joined at different times and one who lagged: the page's cells
are those that the live clients showed at the same frames."""

import re
import signal
import time
import unittest

from recorded_session import RecordedShopper, RecordingStack, page, pane
from relay_stack import TICKETS, settle

COLUMNS, ROWS = 200, 56
REPS = ("demo", "leo", "mia")
# What a stopped client's socket and the relay's take before the seat is behind: far below this many bytes.
BALLAST_FRAMES = 30


def differences(shown, wanted):
    """The first cells that differ, with their places."""
    return [
        (row, column, cell, other)
        for row, (line, others) in enumerate(zip(shown, wanted, strict=True))
        for column, (cell, other) in enumerate(zip(line, others, strict=True))
        if cell != other
    ][:5]


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = RecordingStack(reps=REPS)
        cls.addClassCleanup(cls.stack.close)
        cls.stack.start()
        cls.shown = {}
        cls.run_session()
        cls.records = cls.stack.wait_for_record("recording.stopped", cls.shopper.session)

    @classmethod
    def run_session(cls):
        shopper = cls.shopper = RecordedShopper(cls.stack)
        demo = cls.join("demo")
        shopper.answer_keyframe_request(page(["Where shall we deliver?", "Your basket holds 3 things."]))
        cls.look({1: demo}, "3 things")
        shopper.page_frame(
            "delta", {"blocks": [[4, 0, 64, 200, [["t", 0, 0, 260, 20, "Postcode refused", 0xC0392BFF, 1, 16]]]]}
        )
        shopper.cursor(720, 160)
        cls.look({1: demo}, "Postcode refused")
        leo = cls.join("leo")
        shopper.page_frame("keyframe", page(["Where shall we deliver?", "Leo looks as well."]))
        cls.look({1: demo, 2: leo}, "Leo looks")
        mia = cls.join("mia")
        shopper.page_frame("keyframe", page(["Where shall we deliver?", "And Mia."]))
        cls.look({1: demo, 2: leo, 3: mia}, "And Mia")
        mia.signal(signal.SIGSTOP)
        for number in range(BALLAST_FRAMES):
            shopper.page_frame("keyframe", page([f"Heavy page {number}"], ballast=2))
        shopper.page_frame("scroll", [[0, 0, 40]])
        cls.look({1: demo, 2: leo}, f"Heavy page {BALLAST_FRAMES - 1}")
        mia.signal(signal.SIGCONT)
        shopper.page_frame("keyframe", page(["After the jam", "everyone is here."], ballast=1))
        shopper.page_frame("scroll", [[0, 0, 12]])
        shopper.cursor(300, 300)
        cls.look({1: demo, 2: leo, 3: mia}, "everyone is here")
        shopper.end()

    @classmethod
    def join(cls, name):
        rep = cls.stack.open_rep(name, columns=COLUMNS, rows=ROWS)
        rep.wait_for(lambda text: TICKETS.search(text), 20, what="the ticket")
        # For two seconds the relay takes a second wish for a lost race.
        end = time.monotonic() + 10
        while not re.search("Waiting for the|Watching:", rep.text):
            assert time.monotonic() < end, rep.text
            rep.press("\r")
            rep.read(0.3)
        return rep

    @classmethod
    def look(cls, reps, words):
        """Waits until the clients show the words, then keeps what they show at this frame of the session."""
        for seat, rep in reps.items():
            rep.wait_for(words, 20)
        for seat, rep in reps.items():
            settle(rep)
            cls.shown[(seat, cls.shopper.hashed)] = pane(rep)

    def test_every_seat_is_shown_what_its_client_showed(self):
        self.assertGreaterEqual(len(self.shown), 10)
        for (seat, frame), cells in self.shown.items():
            with self.subTest(seat=seat, frame=frame):
                replay = self.stack.open_replay(self.shopper.session, seat, frame, COLUMNS, ROWS)
                settle(replay)
                self.assertEqual(differences(pane(replay), cells), [])
                replay.press("q")
                self.assertEqual(replay.wait_end(), 0)
        print(
            f"replay: {len(self.shown)} screens of {COLUMNS} x {ROWS - 4} cells equal, "
            f"{len(set(seat for seat, _ in self.shown))} seats"
        )

    def test_the_seat_that_lagged_was_not_sent_everything(self):
        sent = {}
        for record in self.records:
            if record["event"] == "seat.sent" and record.get("session") == self.shopper.session:
                for first, last in record["data"]["ranges"]:
                    sent.setdefault(record["data"]["seat"], set()).update(range(first, last + 1))
        self.assertEqual(len(sent[1]), self.shopper.hashed - len(set(range(1, self.shopper.hashed + 1)) - sent[1]))
        self.assertLess(len(sent[3]), len(sent[2]))
        self.assertLess(max(sent[3]) - min(sent[3]) + 1 - len(sent[3]), BALLAST_FRAMES + 1)
        self.assertGreater(max(sent[3]) - min(sent[3]) + 1 - len(sent[3]), 0, "nobody lagged")

    def test_the_replay_is_on_record(self):
        self.stack.audit_program(
            "replay", self.shopper.session, "--seat", "2", "--identity", self.stack.auditor, "--print"
        )
        told = [
            r
            for r in self.stack.wait_for_record("session.replayed", self.shopper.session)
            if r["event"] == "session.replayed"
        ]
        self.assertIn(2, [record["data"]["seat"] for record in told])
        self.assertTrue(all(record["actor"]["role"] == "auditor" for record in told))

    def test_printed_text_is_the_screens(self):
        frame = max(frame for seat, frame in self.shown if seat == 1)
        done = self.stack.audit_program(
            "replay",
            self.shopper.session,
            "--seat",
            "1",
            "--identity",
            self.stack.second_auditor,
            "--print",
            "--frame",
            str(frame),
            "--size",
            f"{COLUMNS}x{ROWS}",
        )
        lines = done.stdout.split("\n")[2 : ROWS - 2]
        self.assertEqual(lines, ["".join(cell[0] for cell in row).rstrip() for row in self.shown[(1, frame)]])

    def test_keys_play_and_go_to_the_end(self):
        replay = self.stack.open_replay(self.shopper.session, 1, 1, COLUMNS, ROWS)
        replay.wait_for("3 things")
        replay.press("\x1b[F")
        replay.wait_for("everyone is here")
        replay.press("\x1b[H")
        replay.press("++++ ")
        replay.wait_for("everyone is here", 30)
        replay.press("e")
        replay.wait_for("seat.joined")
        replay.press("q")
        self.assertEqual(replay.wait_end(), 0)

    def test_without_the_key_or_the_seat_nothing_is_shown(self):
        none = self.stack.audit_program(
            "replay", self.shopper.session, "--identity", self.stack.key("demo"), "--print", check=False
        )
        self.assertEqual((none.returncode, none.stdout), (66, ""))
        seat = self.stack.audit_program(
            "replay", self.shopper.session, "--seat", "9", "--identity", self.stack.auditor, "--print", check=False
        )
        self.assertEqual(seat.returncode, 66)


if __name__ == "__main__":
    unittest.main()
