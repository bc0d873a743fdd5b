"""The disk as a power loss leaves it under load: what peers saw before is on record, and the log verifies.

Needs root, loop devices and mkfs.xfs (Debian: xfsprogs). 2 images in every run, 50 with ALONGSIDE_SOAK=1. A sync that
takes 2 s on a busy machine is a failed disk, as documented: what was seen before is on record all the same, the image
does not count, and the relay starts again.
"""

import collections
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time
import unittest

from crash_load import Load, SignedStack, is_soak, on_record
from relay_stack import STOP_SECONDS

SCRIPT = pathlib.Path(__file__).with_name("power_loss.sh")
IMAGES = int(os.environ.get("ALONGSIDE_IMAGES", "50" if is_soak() else "2"))
SEED = int(os.environ.get("ALONGSIDE_SEED", "20261122"))
EFFECTS_MAX = 40
# A log is read whole for each image: it begins anew before that takes long.
IMAGES_A_LOG = 10
# So many more than the images may be lost to a disk that was too slow.
FAILURES_MAX = 20
FAILED = "audit log has failed"


class Elsewhere:
    """A stack's log at another place, for what reads it."""

    def __init__(self, audit):
        self.audit = audit


@unittest.skipUnless(os.geteuid() == 0, "mounting images needs root")
@unittest.skipUnless(shutil.which("mkfs.xfs"), "mkfs.xfs is not installed (Debian: xfsprogs)")
@unittest.skipUnless(os.path.exists("/dev/loop-control"), "there are no loop devices here")
class PowerLoss(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="alongside-power.")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self.run_script, "tear-down")
        try:
            self.run_script("set-up")
        except subprocess.CalledProcessError as error:
            self.skipTest(f"no image can be mounted here: {error.stderr.strip()}")
        self.stack = self.stack_on("disk")
        self.image = pathlib.Path(self.folder) / "image/state/audit"
        # Whoever starts on what the power left.
        self.heir = self.stack_on("image")
        shutil.copy(self.stack.folder / "checkpoint.key", self.heir.folder / "checkpoint.key")
        self.heir.verifier_key = self.stack.verifier_key
        self.random, self.seen, self.starts = random.Random(SEED), collections.Counter(), []

    def stack_on(self, mounted):
        """A relay whose state lies on one of the disks."""
        stack = SignedStack()
        self.addCleanup(stack.close)
        stack.state.rmdir()
        state = pathlib.Path(self.folder) / mounted / "state"
        if mounted == "disk":
            state.mkdir(mode=0o700)
        stack.state.symlink_to(state)
        return stack

    def run_script(self, step):
        subprocess.run([str(SCRIPT), step, self.folder], capture_output=True, text=True, check=True)

    def test_what_peers_saw_before_the_power_went_is_on_record(self):
        good = failures = torn = effects = 0
        while good < IMAGES:
            if self.stack.process is None:
                self.stack.start()
            words = f"image {good} and {failures} of a failed disk, seed {SEED}"
            is_good = self.lose_power()
            try:
                torn += self.check(words)
                self.start_again(words)
            finally:
                self.run_script("drop")
            good, failures = good + is_good, failures + (not is_good)
            self.assertLessEqual(failures, FAILURES_MAX, "the disk is too slow for anything")
            if not is_good or good % IMAGES_A_LOG == 0:
                effects += self.seen.total()
                self.begin_anew()
        effects += self.seen.total()
        print(
            f"  {IMAGES} images (seed {SEED}), {effects} effects seen before them, all on record, {torn} torn tails; a "
            f"relay that starts on the image is ready after {1000 * max(self.starts):.0f} ms at most; {failures} "
            "images beside these after a sync of 2 s",
            flush=True,
        )

    def lose_power(self):
        """Takes an image under load, and adds what had been seen. False if the log had failed by then."""
        load = Load(self.stack)
        load.begin()
        try:
            load.wait_for(self.random.randint(1, EFFECTS_MAX))
        except AssertionError:
            self.assertIn(FAILED, self.stack.log)
        time.sleep(self.random.random() * 0.02)
        seen = load.copy()
        load.expect_end()
        self.run_script("image")
        try:
            load.end()
        except AssertionError:
            self.assertIn(FAILED, self.stack.log)
        # What came after the image is not in it, and in the one after it.
        self.before, self.seen = self.seen + seen, self.seen + load.seen
        return FAILED not in self.stack.log

    def check(self, words):
        code, said = self.stack.verify(self.image, seconds=STOP_SECONDS * 30)
        self.assertEqual(code, 0, f"{words}: {said}")
        self.stack.verify_independently(self.image)
        missing = self.before - on_record(Elsewhere(self.image))
        self.assertFalse(missing, f"{words}: seen and not on record")
        return "torn" in said

    def start_again(self, words):
        begin = time.monotonic()
        self.heir.start()
        self.starts.append(time.monotonic() - begin)
        self.assertEqual(self.heir.stop(), 0, f"{words}: {self.heir.log}")
        code, said = self.heir.verify()
        self.assertEqual(code, 0, f"{words}, after the next start: {said}")
        self.assertFalse(self.before - on_record(self.heir), f"{words}: gone after the next start")

    def begin_anew(self):
        self.stack.kill()
        self.stack.log_file.unlink()
        shutil.rmtree(self.stack.audit)
        self.seen = collections.Counter()


if __name__ == "__main__":
    unittest.main()
