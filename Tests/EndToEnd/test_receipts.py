"""At a session's end its shopper and its rep are told where the receipt is, have it there, and can check it alone."""

import json
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import audit_verifier
from crash_load import SignedStack
from relay_stack import BIN, RelayStack
from wire_peer import Rep, Shopper

# A checkpoint comes within a second, and a busy machine adds to it.
RECEIPT_SECONDS = 15


class Receipts(unittest.TestCase):
    def run_session(self, stack):
        """(the shopper, what the shopper heard at the end, what the rep heard)."""
        with Shopper(stack) as shopper, Rep(stack, stack.reps[0]) as rep:
            shopper.ask_for_help()
            rep.accept(shopper)
            shopper.answer_keyframe_request()
            rep.receive("keyframe")
            shopper.control("end", {"why": "shopper"})
            heard = shopper.receive("end").json
            self.assertEqual(shopper.closed()[0], 4510)
            told = rep.receive("presence", lambda frame: frame.json["state"] == "ended").json
        return shopper, heard, told

    def test_both_have_the_receipt_after_their_links_are_closed(self):
        with SignedStack(workers=1) as stack:
            begin = time.monotonic()
            shopper, heard, told = self.run_session(stack)
            path = f"/receipts/{shopper.session}.tlog-proof"
            self.assertEqual((heard["receipt"], told["receipt"]), (path, path))
            answer = self.get(stack, path)
            print(f"  the receipt was there {time.monotonic() - begin:.2f} s after the session began", flush=True)
            self.assertEqual(answer.headers["Content-Disposition"], "attachment")
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
            self.check(stack, shopper, answer.read())
            with self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{stack.url}/receipts/{'0' * 26}.tlog-proof")
            self.assertEqual(refused.exception.code, 404)
            self.assertEqual(stack.stop(), 0)

    def get(self, stack, path):
        """The answer, which is not there before the checkpoint is."""
        end = time.monotonic() + RECEIPT_SECONDS
        while True:
            try:
                return urllib.request.urlopen(stack.url + path)
            except urllib.error.HTTPError as error:
                self.assertEqual(error.code, 404)
                self.assertLess(time.monotonic(), end, "there is no receipt")
                time.sleep(0.05)

    def check(self, stack, shopper, proof):
        """Whoever holds nothing but the verifier key can check it, with either verifier."""
        file = stack.folder / "kept.tlog-proof"
        file.write_bytes(proof)
        key = audit_verifier.verifier_key(stack.verifier_key)
        _, line, _, _ = audit_verifier.proof(proof, key, "receipt")
        record = json.loads(line)
        self.assertEqual((record["event"], record["session"]), ("session.ended", shopper.session))
        self.assertEqual((record["data"]["frames"], record["data"]["hash"]), (shopper.hashed, shopper.hash.hex()))
        command = [str(BIN / "alongside-audit"), "verify", "--receipt", str(file), "--key", stack.verifier_key]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        file.write_bytes(proof.replace(b"index ", b"index 1", 1))
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)

    def test_a_relay_that_signs_nothing_promises_no_receipt(self):
        with RelayStack() as stack:
            _, heard, told = self.run_session(stack)
            self.assertNotIn("receipt", heard)
            self.assertNotIn("receipt", told)
            self.assertEqual(stack.stop(), 0)


if __name__ == "__main__":
    unittest.main()
