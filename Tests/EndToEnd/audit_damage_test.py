"""Every damage to a log is rejected by both verifiers, with words that name the place.

A seeded share of the damages in every run; ALONGSIDE_SOAK=1 takes them all, in an order that the seed gives, and a log
of several tiles beside; ALONGSIDE_DAMAGES=n of them that many.
"""

import json
import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest
from functools import partial

import audit_sample
import audit_verifier

BIN = pathlib.Path(os.environ.get("ALONGSIDE_BIN", pathlib.Path(__file__).resolve().parents[2] / ".build/debug"))
SOAK = os.environ.get("ALONGSIDE_SOAK") == "1"
SOAK_DAMAGES = int(os.environ.get("ALONGSIDE_DAMAGES", "1000000"))
SAID_EVERY = 1_000
SHARE_SECONDS = 30
SEED = int(os.environ.get("ALONGSIDE_SEED", "20261122"))
KEY = audit_sample.Key(7)


class Ours:
    """`alongside-audit verify -`, asked line by line."""

    def __init__(self):
        command = [BIN / "alongside-audit", "verify", "-", "--key", KEY.verifier]
        environment = os.environ | {"SWIFT_BACKTRACE": "enable=no"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
        )

    def ask(self, root):
        self.process.stdin.write(f"{root}\n")
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def theirs(root):
    """None if the log is good, otherwise what is wrong."""
    try:
        audit_verifier.verify(root, audit_verifier.verifier_key(KEY.verifier))
    except audit_verifier.Bad as error:
        return str(error)


class Damages:
    """Damages as (words, what makes it): {name: bytes or None}, what files are then, made when it is their turn."""

    def __init__(self, lines, cuts, files):
        self.lines, self.cuts, self.files = lines, cuts, files

    def flip(self, name, at):
        data = self.files[name]
        return {name: data[:at] + bytes([data[at] ^ 1 << (at * 5 & 7)]) + data[at + 1 :]}

    def flips(self):
        for name, data in self.files.items():
            for at in range(len(data)):
                yield f"flip {name} {at}", partial(self.flip, name, at)

    def truncations(self):
        for name, data in self.files.items():
            for size in range(len(data)):
                yield f"cut {name} {size}", partial(lambda n, s: {n: self.files[n][:s]}, name, size)

    def whole_files(self):
        names = list(self.files)
        for name in names:
            # A receipt belongs to others; the log need not keep its copy.
            if not name.startswith("receipts/"):
                yield f"drop {name}", partial(dict, {name: None})
            stray = f"{os.path.dirname(name)}/stray".lstrip("/")
            yield f"stray {name}", partial(dict, {stray: self.files[name]})
            for other in names:
                if other > name and self.files[other] != self.files[name]:
                    both = {name: self.files[other], other: self.files[name]}
                    yield f"swap {name} {other}", partial(dict, both)
                if other != name and self.files[other] != self.files[name]:
                    yield f"double {name} {other}", partial(dict, {other: self.files[name]})

    def records(self):
        """The sums and numbers are made right again: only order, tree and signature tell."""
        lines, count = self.lines, len(self.lines)
        for at in range(count):
            later = lines[at].replace(b'"mono":5', b'"mono":6', 1)
            yield f"drop record {at}", partial(self.changed, lines[:at] + lines[at + 1 :])
            yield f"double record {at}", partial(self.changed, lines[: at + 1] + lines[at:])
            yield f"end before record {at}", partial(self.changed, lines[:at])
            yield f"change record {at}", partial(self.changed, lines[:at] + [later] + lines[at + 1 :])
            for other in range(at + 1, count):
                swapped = list(lines)
                swapped[at], swapped[other] = lines[other], lines[at]
                yield f"swap records {at} {other}", partial(self.changed, swapped)

    def changed(self, lines):
        there = audit_sample.segments(lines, [cut for cut in self.cuts if cut < len(lines)])
        gone = {name: None for name in self.files if name.startswith("wal/") and name not in there}
        return there | gone

    def forgeries(self):
        root = audit_verifier.unb64(self.files["checkpoint"].split(b"\n")[2].decode(), "checkpoint")
        size = len(self.lines)
        others = [audit_sample.Key(8), audit_sample.Key(7, "other.example")]
        for key in others:
            yield f"signed by {key.verifier}", self.note(key.checkpoint(size, root))
        for wrong in (size - 1, size + 1, 0):
            yield f"size {wrong}", self.note(KEY.checkpoint(wrong, root))
        yield "another root", self.note(KEY.checkpoint(size, bytes(32)))
        own, forged = KEY.checkpoint(size, root), others[0].checkpoint(size, root)
        renamed = (
            own.rsplit(" ", 1)[0]
            + " "
            + audit_verifier.b64(KEY.id + audit_verifier.unb64(forged.rsplit(" ", 1)[1].strip(), "note")[4:])
        )
        yield "our key's number, another's signature", self.note(renamed + "\n")

    def note(self, text):
        return partial(dict, {"checkpoint": text.encode()})

    def all(self):
        for kind in (self.forgeries, self.whole_files, self.records, self.flips, self.truncations):
            yield from kind()


class EveryDamage(unittest.TestCase):
    def setUp(self):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = self.enterContext(tempfile.TemporaryDirectory(dir=memory))
        self.ours = Ours()
        self.addCleanup(self.ours.close)

    def log(self, name, sessions, frames, cuts):
        lines = audit_sample.story(sessions, frames)
        folder = f"{self.root}/{name}"
        files = audit_sample.build(folder, lines, cuts, KEY)
        self.assertIsNone(theirs(folder))
        answer = self.ours.ask(folder)
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(answer["entries"], len(lines))
        return folder, Damages(lines, cuts, files)

    def put(self, folder, files):
        for name, data in files.items():
            if data is None:
                os.remove(f"{folder}/{name}")
            else:
                audit_sample.write(folder, name, data)

    def check(self, folder, damages, words, make):
        changed = make()
        self.put(folder, changed)
        try:
            other, own = theirs(folder), self.ours.ask(folder)
        finally:
            self.put(folder, {name: damages.files.get(name) for name in changed})
        self.assertIsNotNone(other, f"{words}: the independent verifier finds nothing")
        self.assertFalse(own["ok"], f"{words}: ours finds nothing")
        places = ("wal/", "tile/", "state", "checkpoint", "receipts/", "rec/", "stray")
        self.assertTrue(other.startswith(places), f"{words}: no place in {other!r}")
        said = [own["error"]] if "error" in own else [d["file"] for d in own["damages"] + own["faults"]]
        self.assertTrue(said and all(s.startswith(places) for s in said), f"{words}: no place in {own}")

    def run_through(self, folder, damages, chosen):
        begin, count = time.monotonic(), 0
        for words, make in chosen:
            self.check(folder, damages, words, make)
            count += 1
            if count % SAID_EVERY == 0:
                print(f"  {count} damages so far", flush=True)
        seconds = time.monotonic() - begin
        print(f"  {count} damages, all rejected by both verifiers ({seconds:.0f} s)", flush=True)
        self.assertIsNone(theirs(folder), "the log is whole again")
        return count

    def test_whatever_is_damaged_is_found_by_both(self):
        folder, damages = self.log("small", 2, 3, [9, 20])
        everything = list(damages.all())
        print(f"  {len(everything)} damages of a log of {len(damages.lines)} entries", flush=True)
        self.assertGreaterEqual(len(everything), 10_000)
        if SOAK:
            random.Random(SEED).shuffle(everything)
            return self.run_through(folder, damages, everything[:SOAK_DAMAGES])
        many = ("flip", "cut ", "swap", "double ", "stray")
        few = [d for d in everything if not d[0].startswith(many)]
        rest = [d for d in everything if d[0].startswith(many)]
        random.Random(SEED).shuffle(rest)
        end = time.monotonic() + SHARE_SECONDS
        count = self.run_through(folder, damages, few)
        count += self.run_through(folder, damages, (d for d in rest if time.monotonic() < end))
        print(f"  seed {SEED}: {count} of {len(everything)}", flush=True)

    def test_a_log_of_several_tiles_is_checked_alike(self):
        folder, damages = self.log("large", 12, 9, [100, 256])
        chosen = list(damages.flips()) + list(damages.truncations()) + list(damages.whole_files())
        random.Random(SEED).shuffle(chosen)
        self.run_through(folder, damages, chosen[: 2_000 if SOAK else 12])

    def test_a_seat_goes_without_the_cursor_and_without_nothing_else(self):
        joined = b'"rights":["view"]}'
        lines = audit_sample.story(1, 3)
        self.assertEqual(sum(joined in line for line in lines), 1)
        for number, lanes in enumerate((b'["cursor"]', b'["page"]', b'["cursor","page"]', b"[]")):
            folder = f"{self.root}/without{number}"
            changed = [line.replace(joined, b'"rights":["view"],"without":' + lanes + b"}") for line in lines]
            audit_sample.build(folder, changed, [9], KEY, is_checked=False)
            ours, other = self.ours.ask(folder), theirs(folder)
            if number == 0:
                self.assertTrue(ours["ok"], ours)
                self.assertIsNone(other)
            else:
                self.assertFalse(ours["ok"], lanes)
                self.assertIn("seatLanes", other)

    def test_a_rewound_log_is_found_by_a_checkpoint_that_others_kept(self):
        lines = audit_sample.story(2, 3)
        audit_sample.build(f"{self.root}/new", lines, [9], KEY)
        audit_sample.build(f"{self.root}/old", lines[:16], [9], KEY)
        self.assertTrue(self.ours.ask(f"{self.root}/old")["ok"])
        for kept in ("checkpoint", f"receipts/{audit_sample.session_id(2)}.tlog-proof"):
            option = "--checkpoint" if kept == "checkpoint" else "--receipt"
            command = [BIN / "alongside-audit", "verify", f"{self.root}/old", "--key", KEY.verifier]
            result = subprocess.run(
                command + [option, f"{self.root}/new/{kept}"], capture_output=True, text=True, timeout=60
            )
            self.assertEqual(result.returncode, 1, result.stdout)
            self.assertIn("cut off or it was rewound", result.stderr)
            keyword = {option[2:] + "s": [f"{self.root}/new/{kept}"]}
            with self.assertRaisesRegex(audit_verifier.Bad, "rewound|another record"):
                audit_verifier.verify(f"{self.root}/old", audit_verifier.verifier_key(KEY.verifier), **keyword)


if __name__ == "__main__":
    unittest.main()
