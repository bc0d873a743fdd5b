"""A start that has to read a whole log tells systemd so while it reads, and asks for more time."""

import re
import shutil
import unittest

import audit_sample
from crash_load import SignedStack

# A segment may be smaller than the largest.
SEGMENT_BYTES = 1024 * 1024
SEGMENTS = 3


def lines():
    """Records for some segments: refused logins with a sealed part of the largest size."""
    story = audit_sample.Story()
    story.add("L100I", '{"format":1,"program":"sample 1"}')
    story.add("A101W", '{"method":"key","reason":"unknown"}')
    first, small = story.records()
    line = small[:-1] + f',"enc":{{"k":"dek","n":"n","c":"{"c" * 8192}"}}}}'.encode()
    each = SEGMENT_BYTES // (16 + len(line)) - 1
    return [[first] + [line] * (each - 1)] + [[line] * each for _ in range(SEGMENTS - 1)]


class SlowStart(unittest.TestCase):
    def test_systemd_hears_of_a_start_that_reads_the_whole_log(self):
        stack = SignedStack(workers=1)
        self.addCleanup(stack.close)
        index = 0
        for part in lines():
            audit_sample.write(stack.audit, f"wal/{index:020}.seg", audit_sample.segment(part, index))
            index += len(part)
        stack.start()
        self.check_told(stack)
        self.assertEqual(stack.stop(), 0)
        # With the state file nothing is to be told of: a start reads what came after it.
        stack.start()
        self.assertEqual(self.told(stack), [])
        stack.kill()
        # Without it everything is read again.
        (stack.audit / "state").unlink()
        (stack.audit / "checkpoint").unlink()
        shutil.rmtree(stack.audit / "receipts")
        stack.start()
        self.check_told(stack)
        self.assertEqual(stack.stop(), 0)
        code, said = stack.verify()
        self.assertEqual(code, 0, said)

    def told(self, stack):
        return [notice for notice in stack.notices if any(line.startswith("EXTEND_TIMEOUT_USEC=") for line in notice)]

    def check_told(self, stack):
        """Each segment's end is told before READY=1, with more time and how far the reading is."""
        told = self.told(stack)
        self.assertGreaterEqual(len(told), SEGMENTS)
        self.assertIn("READY=1", stack.notices[-1])
        self.assertNotIn(stack.notices[-1], told)
        far = []
        for notice in told:
            self.assertIn("EXTEND_TIMEOUT_USEC=30000000", notice)
            [status] = [line for line in notice if line.startswith("STATUS=")]
            read, total = re.fullmatch(r"STATUS=Reading the audit log: (\d+) of (\d+) MiB", status).groups()
            self.assertLessEqual(int(read), int(total))
            far.append(int(read))
        self.assertEqual(far, sorted(far))
        print(f"  told {len(told)} times: {far} MiB", flush=True)


if __name__ == "__main__":
    unittest.main()
