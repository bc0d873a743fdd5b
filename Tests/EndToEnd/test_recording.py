"""What is recorded, who can open it, and what an erasure leaves; exports of records and of recordings."""

import hashlib
import json
import re
import struct
import subprocess
import unittest

from audit_records import records
from recorded_session import RecordedShopper, RecordingStack, json_lines, page
from wire_peer import HEADER, Rep, Shopper, session_bytes

CANARY = "canary-b7c1-postcode"


def frames_of(plain):
    """(index, arrival, frame) of a chunk's plain text, by Protocol/recording.md."""
    magic = b"alongside recording 1\n"
    assert plain.startswith(magic)
    offset = len(magic)
    while offset < len(plain):
        index, arrival = struct.unpack_from("<QQ", plain, offset)
        length = HEADER.size + struct.unpack_from("<I", plain, offset + 28)[0]
        yield index, arrival, plain[offset + 16 : offset + 16 + length]
        offset += 16 + length


def allocated(folder):
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


class Recording(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = RecordingStack()
        cls.addClassCleanup(cls.stack.close)
        cls.stack.start()
        cls.rep = Rep(cls.stack)
        cls.addClassCleanup(cls.rep.socket.close)
        cls.kept, cls.erased = cls.session("Kept page"), cls.session(CANARY)
        cls.stack.wait_for_record("recording.stopped", cls.erased.session)

    @classmethod
    def session(cls, words):
        shopper = RecordedShopper(cls.stack)
        cls.rep.accept(shopper)
        shopper.answer_keyframe_request(page([words, "Second line"]))
        for number in range(20):
            shopper.page_frame(
                "delta", {"blocks": [[4, 0, 64, 300, [["t", 0, 0, 200, 20, f"{words} {number}", 255, 0, 16]]]]}
            )
        cls.rep.receive("delta", lambda frame: f"{words} 19" in frame.body.decode())
        shopper.end()
        return shopper

    def test_a_the_stock_program_opens_it_and_the_hash_is_the_one_on_record(self):
        session = self.kept.session
        for auditor in (self.stack.auditor, self.stack.second_auditor):
            key = self.stack.session_key(session, auditor)
            plain = [
                frame for path in self.stack.chunks(session) for frame in frames_of(self.stack.decrypted(key, path))
            ]
            self.assertEqual([index for index, _, _ in plain], list(range(1, self.kept.hashed + 1)))
            state = hashlib.sha256(b"alongside frame hash v1\0" + session_bytes(session)).digest()
            for _, _, frame in plain:
                state = hashlib.sha256(state + frame).digest()
            self.assertEqual(state, self.kept.hash)
        ended = [r for r in records(self.stack, session) if r["event"] == "session.ended"]
        self.assertEqual(ended[0]["data"]["hash"], self.kept.hash.hex())

    def test_b_the_log_commits_to_every_chunk(self):
        told = [r["data"] for r in records(self.stack) if r["event"] == "recording.chunk"]
        for shopper in (self.kept, self.erased):
            own = [data for data in told if data["session"] == shopper.session]
            files = [path.read_bytes() for path in self.stack.chunks(shopper.session)]
            self.assertEqual([data["hash"] for data in own], [hashlib.sha256(file).hexdigest() for file in files])
            self.assertEqual([data["bytes"] for data in own], [len(file) for file in files])

    def test_c_nothing_lies_in_clear_and_the_auditors_key_opens_no_chunk(self):
        for path in self.stack.audit.rglob("*"):
            if path.is_file():
                self.assertNotIn(CANARY.encode(), path.read_bytes(), path)
        chunk = self.stack.chunks(self.kept.session)[0]
        self.assertNotEqual(
            subprocess.run(["age", "-d", "-i", self.stack.auditor, chunk], capture_output=True).returncode, 0
        )

    def test_d_a_shopper_who_was_not_told_is_not_recorded(self):
        with Shopper(self.stack) as shopper:
            shopper.ask_for_help()
            self.rep.accept(shopper)
            shopper.answer_keyframe_request(page(["Unrecorded"]))
            self.rep.receive("keyframe")
            shopper.control("end", {"why": "shopper"})
            shopper.closed()
            self.assertFalse((self.stack.audit / "rec" / shopper.session).exists())

    def test_e_records_leave_as_json_lines_and_as_syslog(self):
        lines = json_lines(self.stack.audit_program("export", "--format", "jsonl").stdout)
        self.assertEqual([line["index"] for line in lines], list(range(len(lines))))
        raw = self.stack.audit_program("export", "--format", "jsonl", "--session", self.kept.session).stdout
        shown = self.stack.audit_program("show", "--json", "--session", self.kept.session).stdout
        self.assertEqual([line[line.index('"record":') + 9 : -1] for line in raw.splitlines()], shown.splitlines())
        syslog = self.stack.audit_program("export", "--format", "syslog").stdout.splitlines()
        form = re.compile(
            r"<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z - alongsided - ([A-Z]\d{3}[IWE]) "
            r'\[alongside@32473( [a-z]+="([^"\\\]]|\\["\\\]])*")+\] \ufeff(\{.*\})'
        )
        for line in syslog:
            match = form.fullmatch(line)
            self.assertIsNotNone(match, line)
            self.assertEqual(json.loads(match[5])["code"], match[2])
            self.assertEqual(int(match[1]) // 8, 13)

    def test_f_the_index_answers(self):
        found = json_lines(self.stack.audit_program("list", "--json").stdout)
        self.assertGreaterEqual({row["session"] for row in found}, {self.kept.session, self.erased.session})
        self.assertEqual(json_lines(self.stack.audit_program("search", "--site", "elsewhere", "--json").stdout), [])
        by_rep = json_lines(self.stack.audit_program("search", "--rep", "demo", "--site", "demo", "--json").stdout)
        self.assertIn(self.kept.session, [row["session"] for row in by_rep])
        text = ("search", "--text", "kept PAGE 7", "--identity", self.stack.auditor, "--json")
        with_words = json_lines(self.stack.audit_program(*text).stdout)
        self.assertEqual([row["session"] for row in with_words], [self.kept.session])
        self.assertEqual(with_words[0]["frame"], 9)
        stats = json.loads(self.stack.audit_program("stats", "--json").stdout)
        self.assertEqual((stats["recordings"], stats["erased"]), (2, 0))

    def test_g_erasing(self):
        session, folder = self.erased.session, self.stack.audit / "rec"
        before, canary = allocated(folder), self.stack.session_key(session)
        secret = open(canary).read().split()[-1].encode()
        dry = json.loads(
            self.stack.audit_program("erase", session, "--reason", "asked", "--dry-run", "--json").stdout
        )
        self.assertEqual(allocated(folder), before)
        self.stack.audit_program("hold", session, "--reason", "a claim")
        held = self.stack.audit_program("erase", session, "--reason", "asked", check=False)
        self.assertEqual(held.returncode, 75)
        self.stack.audit_program("hold", session, "--reason", "settled", "--lift")
        done = json.loads(self.stack.audit_program("erase", session, "--reason", "asked", "--json").stdout)
        self.assertEqual((done["files"], done["bytes"]), (dry["files"], dry["bytes"]))
        self.assertLess(allocated(folder), before)
        names = [str(path) for path in self.stack.state.rglob("*") if session in path.name]
        self.assertEqual([name for name in names if "/receipts/" not in name], [])
        for path in self.stack.state.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                self.assertNotIn(CANARY.encode(), content, path)
                self.assertNotIn(secret, content, path)
        code, said = self.stack.verify_audit()
        self.assertEqual(code, 0, said)
        told = [r for r in records(self.stack) if r["event"] == "session.erased"]
        self.assertEqual([(r["data"]["session"], r["data"]["reason"]) for r in told], [(session, "asked")])
        gone = self.stack.audit_program("replay", session, "--identity", self.stack.auditor, "--print", check=False)
        self.assertEqual((gone.returncode, gone.stdout), (66, ""))
        self.assertTrue(
            self.stack.decrypted(self.stack.session_key(self.kept.session), self.stack.chunks(self.kept.session)[0])
        )
        self.assertEqual(self.stack.stop(), 0)
        self.assertEqual(self.stack.verify_audit()[0], 0)


if __name__ == "__main__":
    unittest.main()
