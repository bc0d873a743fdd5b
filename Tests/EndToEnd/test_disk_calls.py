"""Every system call that the audit log makes in a run fails once, in each policy, while people are at work.

A first run, traced, says which calls there are: those of each thread of the log while a session is under way and to
the checkpoint, and those of a start. Then there is one run for each of them, in which this very call fails (strace),
and each keeps the contract (Protocol/audit-log.md, "Failure"): nothing hangs, people are told, what they saw is on
record, the log verifies with both verifiers, and the next start works. A seeded sample in every run;
ALONGSIDE_SOAK=1 takes them all, and those of a change of segment.
"""

import collections
import concurrent.futures
import contextlib
import os
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import audit_sample
from audit_records import records
from crash_load import SignedStack, is_soak, on_record
from disk_scene import REFUSED, Scene
from wire_peer import PAGE, Shopper

SAMPLE = int(os.environ.get("ALONGSIDE_CALLS", "12"))
SEED = int(os.environ.get("ALONGSIDE_SEED", "20261122"))
WORKERS = int(os.environ.get("ALONGSIDE_WORKERS", "4"))
POLICIES = ("deny-new", "end-sessions", "continue")
TOLD_SECONDS_MAX = 5
REOPEN_SECONDS_MAX = 40
STRANGERS = 6
# Only the log makes these calls; what it opens and reads is told from what others do by its place.
WRITING = ("pwrite64", "fdatasync", "fsync", "fallocate", "ftruncate", "renameat", "unlinkat", "mkdir")
READING = ("openat", "pread64")
# Each with its errors in turn; a write has all of them at every call.
ERRORS = {
    "fallocate": ("ENOSPC", "EIO"),
    "mkdir": ("EROFS",),
    "openat": ("EIO", "EROFS", "ENOSPC"),
    "renameat": ("EROFS", "EIO"),
    "unlinkat": ("EROFS",),
}
WRITE_ERRORS = ("EIO", "ENOSPC")
# What only a change of segment does.
CHANGING = ("ftruncate", "fallocate", "fsync")
# How a start that cannot use its log ends: the disk's fault, or a log that contradicts itself.
START_CODES = (74, 78)
FAILED, GOES_ON = "audit log has failed", "everything goes on"
# What it says when it ends with 74; no link is left to be told when the last records are what fails.
ENDED = "alongsided: the audit log failed"
SEGMENT_BYTES = 16 * 1024 * 1024
# What a run writes before it comes to the next segment.
ROOM_BYTES = 8_500

Point = collections.namedtuple("Point", "policy phase thread call n error")
START, RUNNING, CHANGE = "start", "running", "change of segment"


def filling():
    """Lines that nearly fill a segment: refused logins with a sealed part of the largest size."""
    story = audit_sample.Story()
    story.add("L100I", '{"format":1,"program":"sample 1"}')
    [first] = story.records()
    story.add("A101W", '{"method":"key","reason":"unknown"}')
    sealed = f',"enc":{{"k":"dek","n":"n","c":"{"c" * 8192}"}}}}'.encode()
    lines, size = [first], 16 + len(first)
    line = story.records()[1][:-1] + sealed
    while size + 16 + len(line) < SEGMENT_BYTES - ROOM_BYTES:
        lines.append(line)
        size += 16 + len(line)
    rest = SEGMENT_BYTES - ROOM_BYTES - size - 16 - len(line) + 8192
    if rest > 0:
        lines.append(line.replace(b"c" * 8192, b"c" * rest))
    return lines


class Template:
    """A log as a relay left it; each run begins with a copy. With `is_full` its last segment is nearly full."""

    def __init__(self, is_full):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="alongside-calls."))
        stack = SignedStack(workers=1)
        try:
            if is_full:
                audit_sample.write(stack.audit, "wal/00000000000000000000.seg", audit_sample.segment(filling(), 0))
            stack.start()
            assert stack.stop() == 0, stack.log
            shutil.copytree(stack.audit, self.folder / "audit", ignore=shutil.ignore_patterns("door"))
            shutil.copy(stack.folder / "checkpoint.key", self.folder)
            self.key = stack.verifier_key
        finally:
            stack.close()

    def put(self, stack):
        shutil.copytree(self.folder / "audit", stack.audit)
        shutil.copy(self.folder / "checkpoint.key", stack.folder)
        stack.verifier_key = self.key

    def close(self):
        shutil.rmtree(self.folder)


class Traced:
    """strace on one thread of a relay, while the block lasts."""

    def __init__(self, stack, thread, *options):
        tasks = sorted(int(name) for name in os.listdir(f"/proc/{stack.process.pid}/task"))
        self.command = ["strace", "-p", str(tasks[thread]), *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        said = ""
        while "attached" not in said:
            said = self.process.stderr.readline()
            assert said, "strace cannot attach"
        self.reader = threading.Thread(target=self.process.stderr.read, daemon=True)
        self.reader.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()


def places(audit):
    """strace options that leave out what is not in the log's directory."""
    folders = ["", "/wal", "/tile", "/tile/0", "/tile/entries", "/receipts", "/keys", "/tmp", "/inbox", "/rec"]
    return [word for folder in folders for word in ("-P", f"{audit}{folder}")]


def counted(path):
    """{call: how often} of a trace."""
    calls = re.findall(r"^(?:\d+ +)?(\w+)\(", path.read_text(errors="replace"), re.MULTILINE)
    return collections.Counter(call for call in calls if call in WRITING + READING)


@unittest.skipUnless(shutil.which("strace"), "strace is not installed")
@unittest.skipUnless(os.geteuid() == 0, "tracing the relay needs root")
class EveryCall(unittest.TestCase):
    def setUp(self):
        self.templates = {START: Template(is_full=False)}
        self.templates[RUNNING] = self.templates[START]
        if is_soak():
            self.templates[CHANGE] = Template(is_full=True)
        for template in {id(template): template for template in self.templates.values()}.values():
            self.addCleanup(template.close)
        self.told = collections.Counter()

    def test_each_call_fails_once_and_the_contract_holds(self):
        points = self.points()
        todo = points
        if not is_soak():
            todo = random.Random(SEED).sample(points, min(SAMPLE, len(points)))
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            running = {pool.submit(self.run_point, point): point for point in todo}
            for future in concurrent.futures.as_completed(running):
                point = running[future]
                with self.subTest(**point._asdict()):
                    self.told[point.policy, point.phase, future.result()] += 1
        print(f"  {len(todo)} of {len(points)} points (seed {SEED})", flush=True)
        for (policy, phase, outcome), count in sorted(self.told.items()):
            print(f"    {policy}, {phase}: {count} times {outcome}", flush=True)
        self.assertEqual(sum(self.told.values()), len(todo))

    def points(self):
        found = [(START, 0, call, n) for call, count in self.calls_of_a_start().items() for n in range(1, count + 1)]
        for phase in [RUNNING] + [CHANGE] * is_soak():
            for thread, calls in self.calls_of_a_run(phase).items():
                some = calls if phase == RUNNING else [call for call in CHANGING if calls[call]]
                found += [(phase, thread, call, n) for call in some for n in range(1, calls[call] + 1)]
        return [point for place in found for point in self.points_of(*place)]

    def points_of(self, phase, thread, call, n):
        errors = ERRORS.get(call, ("EIO",))
        errors = WRITE_ERRORS if call == "pwrite64" else (errors[n % len(errors)],)
        # Before the log is open its policy has no say.
        policies = (POLICIES[n % len(POLICIES)],) if phase == START else POLICIES
        return [Point(policy, phase, thread, call, n, error) for error in errors for policy in policies]

    def calls_of_a_start(self):
        stack = SignedStack(workers=1)
        try:
            self.templates[START].put(stack)
            out = stack.folder / "calls"
            stack.prefix = ("strace", "-D", "-y", "-o", str(out), "-e", f"trace={','.join(WRITING + READING)}")
            stack.start()
            self.assertEqual(stack.stop(), 0)
            lines = [line for line in out.read_text(errors="replace").splitlines() if str(stack.audit) in line]
            out.write_text("\n".join(lines))
            calls = counted(out)
        finally:
            stack.close()
        print(f"  calls of a start and a stop: {dict(calls)}", flush=True)
        self.assertIn("fallocate", calls)
        return calls

    def calls_of_a_run(self, phase):
        """{place of the thread among all: its calls}, of those that write."""
        with Scene("deny-new", prepare=self.templates[phase].put) as scene:
            tasks = os.listdir(f"/proc/{scene.stack.process.pid}/task")
            traces = [scene.stack.folder / f"calls{number}" for number in range(len(tasks))]
            with contextlib.ExitStack() as blocks:
                for number, trace in enumerate(traces):
                    options = ["-o", str(trace), "-e", f"trace={','.join(WRITING + READING)}"]
                    blocks.enter_context(Traced(scene.stack, number, *options))
                self.run_strangers(scene)
            found = {number: counted(trace) for number, trace in enumerate(traces)}
            self.assertEqual(scene.stack.stop(), 0)
        found = {number: calls for number, calls in found.items() if any(calls[call] for call in WRITING)}
        print(f"  calls, {phase}: {[dict(calls) for calls in found.values()]}", flush=True)
        self.assertGreater(len(found), 1, "the log's threads were not found")
        if phase == CHANGE:
            self.assertTrue(any(calls["fallocate"] for calls in found.values()), "no segment was begun")
        return found

    def run_strangers(self, scene):
        """Shoppers come and go, past the next checkpoint. Returns what each was answered."""
        before = (scene.stack.audit / "checkpoint").read_bytes()
        answers = [scene.stranger() for _ in range(STRANGERS)]
        end = time.monotonic() + TOLD_SECONDS_MAX
        while (scene.stack.audit / "checkpoint").read_bytes() == before and FAILED not in scene.stack.log:
            if time.monotonic() > end:
                break
            time.sleep(0.05)
        return answers

    def run_point(self, point):
        if point.phase == START:
            return self.run_start(point)
        with Scene(point.policy, prepare=self.templates[point.phase].put) as scene:
            fault = f"inject={point.call}:error={point.error}:when={point.n}"
            with Traced(scene.stack, point.thread, "-o", "/dev/null", "-e", f"trace={point.call}", "-e", fault):
                answers = self.run_strangers(scene)
                has_failed = self.has_failed(scene, answers)
                check = self.check_going_on if point.policy == "continue" or not has_failed else self.check_end
                check(point.policy, scene, answers, has_failed)
            self.check_log(scene.stack, scene)
            self.come_back(scene.stack, point)
        return "failed and told" if has_failed else "gone on without loss"

    def has_failed(self, scene, answers):
        """Whether the log has failed; who was refused may know it before it stands in the journal."""
        end = time.monotonic() + TOLD_SECONDS_MAX
        while FAILED not in scene.stack.log:
            if not any(isinstance(answer, tuple) for answer in answers):
                return False
            self.assertLess(time.monotonic(), end, "refused although all is well")
            time.sleep(0.05)
        return True

    def check_end(self, policy, scene, answers, _):
        if policy == "deny-new":
            scene.check_told(TOLD_SECONDS_MAX)
            scene.check_nothing_new()
            # Whoever stops it ends what runs.
            self.assertEqual(scene.stack.stop(), 74)
        self.assertEqual(scene.shopper.receive("end", seconds=TOLD_SECONDS_MAX).json, {"why": "relay"})
        self.assertEqual(scene.shopper.closed(), REFUSED)
        refused = [answer for answer in answers if isinstance(answer, tuple)]
        self.assertLessEqual(set(refused), {REFUSED})
        if policy == "deny-new":
            return
        with Shopper(scene.stack, source=scene.address()) as late:
            late.control("hello", {"site": "demo", "page": PAGE})
            self.assertEqual(late.closed(), REFUSED)
        self.assertEqual(scene.stack.stop(), 74)

    def check_going_on(self, policy, scene, answers, has_failed):
        for answer in answers:
            self.assertIsInstance(answer, float, "refused although all is well")
        if has_failed:
            scene.check_told(TOLD_SECONDS_MAX)
            self.assertIn(GOES_ON, scene.stack.log)
            end = time.monotonic() + REOPEN_SECONDS_MAX
            while "the audit log is open again" not in scene.stack.log:
                self.assertLess(time.monotonic(), end, "the log is not opened again")
                time.sleep(0.1)
            self.assertIsInstance(scene.stranger(), float)
        frame = scene.shopper.cursor(7, 7)
        scene.rep.receive("cursor", lambda got: got.raw == frame)
        # A call that comes late, for a sum of frames or the last records, may fail after the last shopper.
        code = scene.stack.stop()
        self.assertEqual(code, 74 if ENDED in scene.stack.log else 0)
        if policy != "continue" and FAILED in scene.stack.log:
            self.assertEqual(code, 74)
        if has_failed:
            self.assertEqual(code, 0)
            gaps = [r["data"] for r in records(scene.stack) if r["event"] == "audit.gap"]
            self.assertIn("continued", [gap["reason"] for gap in gaps])

    def check_log(self, stack, scene):
        code, said = stack.verify()
        self.assertEqual(code, 0, said)
        told = records(stack)
        consents = sum(record["event"] == "consent.given" for record in told)
        missing = sum(r["data"]["entries"] for r in told if r["event"] in ("audit.gap", "audit.blocked"))
        self.assertGreaterEqual(consents + missing, scene.consents + 1, "an effect is neither on record nor counted")

    def run_start(self, point):
        stack = SignedStack(workers=1, audit=f'on_failure = "{point.policy}"')
        try:
            self.templates[START].put(stack)
            fault = f"inject={point.call}:error={point.error}:when={point.n}"
            options = [
                "-e",
                f"trace={point.call}",
                "-e",
                fault,
                *(places(stack.audit) if point.call in READING else []),
            ]
            stack.prefix = ("strace", "-D", "-o", "/dev/null", *options)
            outcome = self.start(stack)
            stack.prefix = ()
            code, said = stack.verify()
            self.assertEqual(code, 0, said)
            self.come_back(stack, point)
            return outcome
        finally:
            stack.close()

    def start(self, stack):
        """Starts with a fault under way: it is ready, or it ends with words."""
        with Scene.starting:
            try:
                stack.start()
            except AssertionError as error:
                ended = re.search(r"the relay ended with (-?\d+)", str(error))
                self.assertTrue(ended, error)
                self.assertIn(int(ended[1]), START_CODES, stack.log)
                self.assertIn("audit", stack.log)
                stack.process = None
                return "start refused with words"
        with Shopper(stack) as shopper:
            try:
                shopper.ask_for_help()
            except Exception:
                self.assertEqual(shopper.closed(), REFUSED)
        has_failed = FAILED in stack.log
        self.assertIn(stack.stop(), (74,) if has_failed else (0,), stack.log)
        return "ready, then failed and told" if has_failed else "ready"

    def come_back(self, stack, point):
        """The next start finds what it needs and works; the log is whole for both verifiers."""
        with Scene.starting:
            stack.start()
        with Shopper(stack) as shopper:
            shopper.ask_for_help()
        self.assertEqual(stack.stop(), 0)
        code, said = stack.verify()
        self.assertEqual(code, 0, said)
        if point.phase != CHANGE or point.n == 1:
            stack.verify_independently()
        events = [record["event"] for record in records(stack)]
        ended = events.count("session.ended") + events.count("session.abandoned")
        self.assertEqual(ended, events.count("session.opened"), "every session has its end on record")


if __name__ == "__main__":
    unittest.main()
