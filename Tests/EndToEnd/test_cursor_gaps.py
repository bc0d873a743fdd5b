"""A page that says more in one turn than the record of what a seat was sent has ranges for: each move of the cursor
that a later one overtakes is a gap. The seat waits for the record, and the loop does not wait with it."""

import unittest

from relay_stack import RelayStack
from wire_peer import Rep, Shopper, encode

# The record holds 64 ranges.
GAPS = 100


class CursorGaps(unittest.TestCase):
    def test_more_gaps_in_one_turn_than_the_record_holds_stop_nobody(self):
        stack = RelayStack(extra="loop_count = 1\n")
        self.addCleanup(stack.close)
        stack.start()
        shopper, rep = Shopper(stack), Rep(stack)
        shopper.ask_for_help()
        rep.accept(shopper)
        shopper.answer_keyframe_request()
        rep.receive("keyframe")
        frames = []
        for gap in range(1, GAPS + 1):
            frames.append(encode("cursor", [gap, gap], shopper.number, gap))
            frames.append(encode("delta", {"step": gap}, shopper.number, shopper.page_sequence + gap))
        shopper.send_bytes(b"".join(frames))
        for gap in range(1, GAPS + 1):
            self.assertEqual(rep.receive("delta").json, {"step": gap})
        # The loop serves others still.
        Shopper(stack).hello()


if __name__ == "__main__":
    unittest.main()
