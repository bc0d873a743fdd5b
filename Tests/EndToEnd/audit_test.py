"""What the audit log says of a session, against what its shopper sent; and a disk that is full."""

import os
import socket
import struct
import subprocess
import unittest

from audit_records import records
from relay_stack import BIN, RelayStack
from wire_peer import PAGE, Rep, Shopper, encode

# The log opens with a segment of 16 MiB and a reserve of 8 MiB.
DISK_MEBIBYTES = 32
# 3.5 kB of records a session: three times what a segment takes.
SESSIONS_MAX = 15_000


class OneSession(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = RelayStack(reps=("demo", "leo"))
        cls.addClassCleanup(cls.stack.close)
        cls.stack.start()
        with Shopper(cls.stack) as shopper, Rep(cls.stack, "demo") as demo, Rep(cls.stack, "leo") as leo:
            cls.run_session(shopper, demo, leo)
        assert cls.stack.stop() == 0
        cls.records = records(cls.stack, cls.shopper.session)

    @classmethod
    def run_session(cls, shopper, demo, leo):
        cls.shopper = shopper
        shopper.ask_for_help()
        demo.accept(shopper)
        shopper.answer_keyframe_request()
        demo.receive("keyframe")
        for number in range(5):
            shopper.page_frame("delta", {"number": number})
            shopper.cursor(number, number)
        demo.receive("delta", lambda frame: frame.json == {"number": 4})
        # Past the two seconds in which the relay takes a second wish for a lost race.
        while True:
            leo.wish("accept", shopper)
            if leo.receive_any("seated", "refused").name == "seated":
                break
        leo.receive("keyframe")
        shopper.page_frame("delta", {"number": 5})
        for rep in (demo, leo):
            rep.receive("delta", lambda frame: frame.json == {"number": 5})
        demo.wish("leave", shopper)
        shopper.receive("watch", lambda frame: frame.json["reps"] == ["Leo"])
        shopper.control("end", {"why": "shopper"})
        assert shopper.closed()[0] == 4510

    def data(self, event, **actor):
        return [
            record["data"]
            for record in self.records
            if record["event"] == event and all(record["actor"].get(k) == v for k, v in actor.items())
        ]

    def test_the_log_verifies(self):
        code, said = self.stack.verify_audit()
        self.assertEqual(code, 0, said)
        self.assertIn("verified", said)

    def test_the_session_is_told_from_its_opening_to_its_end(self):
        told = [
            record["event"]
            for record in self.records
            if record["event"] not in ("frames.hashed", "seat.sent", "ticket.queued", "ticket.accepted")
        ]
        self.assertEqual(
            told,
            [
                "session.opened",
                "consent.given",
                "seat.joined",
                "seat.joined",
                "seat.left",
                "seat.left",
                "session.ended",
            ],
        )
        [opened] = self.data("session.opened")
        self.assertEqual((opened["origin"], opened["path"]), (self.stack.url, "/delivery"))
        self.assertEqual(self.data("consent.given"), [{"text": "view-1", "language": "en", "scope": ["view"]}])
        self.assertEqual(self.data("seat.joined", id="demo"), [{"seat": 1, "rights": ["view"]}])
        self.assertEqual(self.data("seat.joined", id="leo"), [{"seat": 2, "rights": ["view"]}])
        self.assertEqual(self.data("seat.left", id="demo"), [{"seat": 1, "why": "left"}])

    def test_a_rep_is_named_with_the_key_that_was_proved(self):
        done = subprocess.run(["ssh-keygen", "-lf", self.stack.key("demo") + ".pub"], capture_output=True, text=True)
        [joined] = [
            record for record in self.records if record["event"] == "seat.joined" and record["actor"]["id"] == "demo"
        ]
        self.assertEqual(joined["actor"]["key"], done.stdout.split()[1])

    def test_the_frames_hash_is_that_of_the_frames_the_shopper_sent(self):
        [ended] = self.data("session.ended")
        self.assertEqual((ended["frames"], ended["hash"]), (self.shopper.hashed, self.shopper.hash.hex()))
        hashed = self.data("frames.hashed")
        self.assertEqual(hashed[-1]["hash"], ended["hash"])
        self.assertEqual(sum(part["page"] for part in hashed), self.shopper.page_sequence)
        self.assertEqual(sum(part["cursor"] for part in hashed), self.shopper.cursor_sequence)
        self.assertEqual([part["first"] for part in hashed], [1] + [part["last"] + 1 for part in hashed[:-1]])

    def test_every_seat_s_sent_ranges_are_on_record(self):
        def sent(seat):
            ranges = [pair for data in self.data("seat.sent") if data["seat"] == seat for pair in data["ranges"]]
            return {number for first, last in ranges for number in range(first, last + 1)}

        # Page frames are all sent; of cursor frames the newest at least.
        everything = set(range(1, self.shopper.hashed + 1))
        pages = {1, *range(2, 12, 2), 12}
        self.assertLessEqual(pages, sent(1))
        self.assertLessEqual(pages, sent(2))
        self.assertLessEqual(sent(1) | sent(2), everything)

    def test_nothing_of_the_page_or_its_query_is_in_the_log(self):
        for file in self.stack.audit.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                for secret in (b"step=2", b'"number":', b"as painted", PAGE["title"].encode()):
                    self.assertNotIn(secret, data, file)

    def test_a_human_can_read_it(self):
        done = subprocess.run(
            [str(BIN / "alongside-audit"), "show", str(self.stack.audit)], capture_output=True, text=True, check=True
        )
        for words in (
            "session.opened",
            "consent.given",
            "seat.joined",
            "frames.hashed",
            "seat.sent",
            "session.ended",
        ):
            self.assertIn(words, done.stdout)

    def test_a_changed_byte_is_found(self):
        [segment] = sorted((self.stack.audit / "wal").glob("*.seg"))[:1]
        data = segment.read_bytes()
        place = data.index(b"consent.given")
        self.addCleanup(segment.write_bytes, data)
        segment.write_bytes(data[:place] + b"C" + data[place + 1 :])
        code, said = self.stack.verify_audit()
        self.assertEqual(code, 1, said)


class RefusedFrames(unittest.TestCase):
    def test_frames_without_a_consent_are_counted_and_not_hashed(self):
        with RelayStack() as stack:
            with Shopper(stack) as shopper:
                shopper.hello()
                shopper.cursor(1, 1)
                self.assertEqual(shopper.closed()[0], 4504)
            self.assertEqual(stack.stop(), 0)
            told = records(stack, shopper.session)
            self.assertEqual([r["data"]["close"] for r in told if r["event"] == "frame.refused"], [4504])
            self.assertNotIn("frames.hashed", [r["event"] for r in told])
            self.assertEqual([r["data"]["frames"] for r in told if r["event"] == "session.ended"], [0])
            code, said = stack.verify_audit()
            self.assertEqual(code, 0, said)


class EndedByRep(unittest.TestCase):
    def test_the_rep_who_ended_the_session_is_on_record(self):
        with RelayStack() as stack:
            with Shopper(stack) as shopper, Rep(stack) as rep:
                shopper.ask_for_help()
                rep.accept(shopper)
                rep.control("end", {"why": "rep"}, shopper.number)
                self.assertEqual(shopper.closed()[0], 4510)
            self.assertEqual(stack.stop(), 0)
            [ended] = [r for r in records(stack, shopper.session) if r["event"] == "session.ended"]
            self.assertEqual(
                (ended["data"]["why"], ended["actor"]["role"], ended["actor"]["id"]), ("rep", "rep", "demo")
            )


@unittest.skipUnless(os.geteuid() == 0, "mounting a small disk needs root")
class FullDisk(unittest.TestCase):
    def setUp(self):
        # The disk is to be full, not merely low.
        self.stack = RelayStack(extra="[audit]\nfree_mebibytes_min = 0\n")
        self.addCleanup(self.stack.close)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEBIBYTES}m,mode=700", "tmpfs", str(self.stack.state)],
            capture_output=True,
            text=True,
        )
        if mounted.returncode != 0:
            self.skipTest(f"no small disk can be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(self.stack.state)], check=True)
        self.stack.start()

    def fill(self):
        """Takes every byte that the disk has left."""
        with open(self.stack.state / "filler", "wb", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    continue

    def test_running_sessions_go_on_for_looking_and_new_ones_are_refused_with_words(self):
        with Shopper(self.stack) as shopper, Rep(self.stack) as rep:
            shopper.ask_for_help()
            rep.accept(shopper)
            shopper.answer_keyframe_request()
            rep.receive("keyframe")
            self.fill()
            self.exhaust_the_segment()
            shopper.receive("watch", lambda frame: frame.json.get("unrecorded"), seconds=30)
            rep.receive("presence", lambda frame: frame.json.get("unrecorded"), seconds=30)
            frame = shopper.cursor(9, 9)
            rep.receive("cursor", lambda got: got.raw == frame)
            shopper.control("end", {"why": "shopper"})
            self.assertEqual(shopper.closed()[0], 4510)
        with Shopper(self.stack) as late:
            late.control("hello", {"site": "demo", "page": PAGE})
            self.assertEqual(late.closed(), (4004, "The audit log cannot be written, so nothing can be shared now."))
        self.assertRegex(self.stack.log, "audit log has failed.*No space left")
        # It reads the log once more, to say in it what is missing.
        self.assertEqual(self.stack.stop(seconds=60), 74)
        code, said = self.stack.verify_audit()
        self.assertEqual(code, 0, said)
        self.assertIn("audit.blocked", {record["event"] for record in records(self.stack)})

    def exhaust_the_segment(self):
        """A segment's room is reserved before it is used: only the next one fails. Fills this one, a long record a
        session: a path of which every byte is written as six."""
        page = {**PAGE, "url": "https://shop.example/" + "\x7f" * 480}
        hello = encode("hello", {"site": "demo", "page": page})
        upgrade = (
            f"GET /shopper HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {self.stack.url}\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            "Sec-WebSocket-Protocol: alongside.v1\r\n\r\n"
        ).encode()
        message = b"\x82\xfe" + struct.pack(">H", len(hello)) + b"\0\0\0\0" + hello
        for number in range(SESSIONS_MAX):
            with socket.create_connection(("127.0.0.1", self.stack.port), 10, (f"127.0.{number % 250}.1", 0)) as link:
                link.sendall(upgrade)
                answer = b""
                while b"\r\n\r\n" not in answer:
                    answer += link.recv(4096)
                link.sendall(message)
                # A welcome, or a close frame (0x88) with 4004.
                said = answer.split(b"\r\n\r\n", 1)[1] or link.recv(4096)
                if said[0] == 0x88:
                    self.assertEqual(struct.unpack_from(">H", said, 2)[0], 4004)
                    return
        self.fail(f"the segment has room for {SESSIONS_MAX} sessions")


if __name__ == "__main__":
    unittest.main()
