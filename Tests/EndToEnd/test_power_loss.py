"""The disk as a power loss leaves it under load: what peers saw before is on record, and the log verifies.

Needs root, loop devices and mkfs.xfs (Debian: xfsprogs). 2 images in every run, 50 with ALONGSIDE_SOAK=1.
"""

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
        self.stack = SignedStack()
        self.addCleanup(self.stack.close)
        self.stack.state.rmdir()
        state = pathlib.Path(self.folder) / "disk/state"
        state.mkdir(mode=0o700)
        self.stack.state.symlink_to(state)
        self.image = pathlib.Path(self.folder) / "image/state/audit"

    def run_script(self, step):
        subprocess.run([str(SCRIPT), step, self.folder], capture_output=True, text=True, check=True)

    def test_what_peers_saw_before_the_power_went_is_on_record(self):
        randomness = random.Random(SEED)
        self.stack.start()
        load = Load(self.stack)
        load.begin()
        torn = 0
        for number in range(IMAGES):
            load.wait_for(load.copy().total() + randomness.randint(1, EFFECTS_MAX))
            time.sleep(randomness.random() * 0.02)
            seen = load.copy()
            self.run_script("image")
            try:
                torn += self.check(seen, f"image {number}, seed {SEED}")
            finally:
                self.run_script("drop")
        load.expect_end()
        self.stack.kill()
        load.end()
        print(f"  {IMAGES} images, {seen.total()} effects seen before the last, {torn} torn tails", flush=True)

    def check(self, seen, words):
        code, said = self.stack.verify(self.image, seconds=STOP_SECONDS * 30)
        self.assertEqual(code, 0, f"{words}: {said}")
        self.stack.verify_independently(self.image)
        missing = seen - on_record(Elsewhere(self.image))
        self.assertFalse(missing, f"{words}: seen and not on record")
        return "torn" in said


if __name__ == "__main__":
    unittest.main()
