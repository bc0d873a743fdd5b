"""Attacks on the real daemon, one test each: the right end within its deadline, bounded memory and processor time of
the relay, and a session beside it that hardly notices.

The figures of each attack are printed. What is asserted of the neighbour's latency has a wide margin (three times calm
and 25 ms of the median, 250 ms of the p99), because the machine of a test run is busy with other things.
"""

import json
import os
import pathlib
import resource
import subprocess
import sys
import threading
import time
import unittest

from relay_stack import RelayStack
from wire_peer import Rep, Shopper

HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
CALM_SECONDS, PULSE_SECONDS = 2.0, 0.01
MARGIN_FACTOR, MARGIN_SECONDS = 3, 0.025


def memory(pid, which="VmRSS"):
    """Resident bytes of the process now, or at their highest (VmHWM)."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(text.split(f"{which}:")[1].split()[0]) * 1024


def forget_highest(pid):
    """From now on VmHWM counts anew (proc(5), clear_refs)."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def processor(pid):
    """Seconds of processor time that the process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Pulse(threading.Thread):
    """A session whose shopper moves the cursor a hundred times a second; how long each move takes to the rep."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.shopper, self.rep = Shopper(stack), Rep(stack, "demo")
        self.shopper.ask_for_help()
        self.rep.accept(self.shopper)
        self.shopper.answer_keyframe_request()
        self.rep.receive("keyframe")
        self.delays, self.running, self.failure = [], True, None

    def run(self):
        try:
            number = 0
            while self.running:
                number += 1
                sent = time.monotonic()
                self.shopper.cursor(number, 0)
                while self.rep.receive("cursor").json != [number, 0]:
                    pass
                self.delays.append(time.monotonic() - sent)
                time.sleep(PULSE_SECONDS)
        except Exception as error:
            self.failure = error

    def take(self):
        """(median, p99) in seconds since the last call."""
        assert self.failure is None, f"the neighbour's session broke: {self.failure}"
        delays, self.delays = sorted(self.delays), []
        assert delays, "the neighbour stood still"
        return delays[len(delays) // 2], delays[int(len(delays) * 0.99)]

    def stop(self):
        self.running = False
        self.join()
        self.shopper.socket.close()
        self.rep.socket.close()


class AttackCase(unittest.TestCase):
    reps = ("demo", "leo")
    extra = ""

    @classmethod
    def setUpClass(cls):
        cls.stack = RelayStack(reps=cls.reps, extra=cls.extra)
        cls.addClassCleanup(cls.stack.close)
        cls.prepare()
        cls.stack.start()
        cls.source = 1

    @classmethod
    def prepare(cls):
        """Before the relay starts."""

    def attack(self, name, *, cpu, megabytes, call=None):
        """Runs an attacker beside a session. `cpu` is the most of one core, `megabytes` the most that the relay may
        grow by. Returns what the relay did to it."""
        pulse = Pulse(self.stack)
        self.addCleanup(pulse.stop)
        pulse.start()
        time.sleep(CALM_SECONDS)
        calm = pulse.take()
        pid = self.stack.process.pid
        # Each attacker has an address of its own: none pays for the one before it.
        type(self).source += 1
        forget_highest(pid)
        before, used, start = memory(pid), processor(pid), time.monotonic()
        if call:
            result = call()
        else:
            done = subprocess.run(
                [sys.executable, str(HERE / "attack_peers.py"), name, str(self.stack.port), f"127.0.3.{self.source}"],
                capture_output=True,
                text=True,
                timeout=90,
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            result = json.loads(done.stdout)
        seconds = max(time.monotonic() - start, 0.1)
        grown, share = (memory(pid, "VmHWM") - before) / 1e6, (processor(pid) - used) / seconds
        under = pulse.take()
        print(
            f"\n  {name}: p99 {under[1] * 1000:.2f} ms / calm {calm[1] * 1000:.2f} ms = {under[1] / calm[1]:.2f}, "
            f"median {under[0] / calm[0]:.2f}, relay {share:.0%} of a core over {seconds:.1f} s, "
            f"{grown:+.1f} MB, {result}"
        )
        self.assertLess(grown, megabytes)
        self.assertLess(share, cpu)
        self.assertLess(under[0], MARGIN_FACTOR * calm[0] + MARGIN_SECONDS)
        self.assertLess(under[1], MARGIN_FACTOR * calm[1] + 10 * MARGIN_SECONDS)
        return result


class Attacks(AttackCase):
    def test_idle_connections_end_at_the_handshake_deadline(self):
        result = self.attack("idle_connections", cpu=0.3, megabytes=4)
        self.assertEqual(result["standing"], 0)
        self.assertLess(result["longest"], 8)

    def test_dripping_headers_end_at_the_handshake_deadline(self):
        result = self.attack("dripping_headers", cpu=0.3, megabytes=4)
        self.assertEqual(result["standing"], 0)
        self.assertLess(result["longest"], 8)

    def test_endless_headers_are_cut_off(self):
        result = self.attack("endless_headers", cpu=0.8, megabytes=4)
        self.assertEqual(result["cut_off"], 10)

    def test_a_ping_flood_that_reads_nothing_is_closed(self):
        result = self.attack("ping_flood", cpu=1.0, megabytes=4)
        self.assertLess(result["seconds"], 12)

    def test_one_byte_fragments_are_refused(self):
        self.assertEqual(set(self.attack("tiny_fragments", cpu=1.0, megabytes=4)["codes"]) - {None}, {4501})

    def test_empty_fragments_are_refused(self):
        self.assertEqual(set(self.attack("empty_fragments", cpu=1.0, megabytes=4)["codes"]) - {None}, {4501})

    def test_a_claim_of_two_to_the_62_bytes_is_refused(self):
        self.assertEqual(self.attack("huge_claims", cpu=1.0, megabytes=4)["codes"], [4501] * 20)

    def test_large_messages_are_bounded_and_end(self):
        result = self.attack("large_messages", cpu=1.0, megabytes=30)
        self.assertEqual((result["codes"], result["standing"]), ([4501], 0))

    def test_compression_is_neither_offered_nor_taken(self):
        codes = self.attack("compression", cpu=1.0, megabytes=4)["codes"]
        self.assertEqual(codes[0::3], ["not offered"] * 5)
        self.assertLessEqual(set(codes[1::3]), {1002, None})
        self.assertEqual(codes[2::3], [4500] * 5)

    def test_a_message_flood_is_closed(self):
        self.assertLessEqual(
            set(self.attack("message_flood", cpu=1.0, megabytes=6)["codes"]), {4511, 4503, 4500, None}
        )

    def test_a_login_brute_force_is_slowed_and_then_shut_out(self):
        result = self.attack("login_brute_force", cpu=1.0, megabytes=4)
        self.assertTrue(result["shut_out"], result)
        self.assertLess(result["tries"], 40)

    def test_a_dead_peer_is_found_within_33_seconds(self):
        result = self.attack("dead_peer", cpu=0.3, megabytes=4)
        self.assertLess(result["seconds"], 34)
        self.assertTrue(result["timed_out"])

    def test_a_seat_that_reads_nothing_is_closed_and_held_back_nobody(self):
        # One ring, one gather area, both sockets.
        result = self.attack("slow_reader", cpu=1.0, megabytes=12, call=self.slow_reader)
        self.assertIn(result["code"], (4001, 1006))

    def slow_reader(self):
        shopper, rep = Shopper(self.stack), Rep(self.stack, "leo")
        shopper.ask_for_help()
        rep.accept(shopper)
        shopper.answer_keyframe_request()
        start = time.monotonic()
        # The seat's library reads a few messages ahead and then leaves the socket alone.
        page = {"text": "x" * 20_000}
        while time.monotonic() - start < 14:
            shopper.page_frame("delta", page)
            time.sleep(0.05)
        shopper.control("end", {"why": "shopper"})
        code = rep.closed()[0]
        return {"code": code}


class FewDescriptors(AttackCase):
    def test_running_out_of_descriptors_neither_spins_nor_breaks_a_session(self):
        def call():
            resource.prlimit(self.stack.process.pid, resource.RLIMIT_NOFILE, (64, 64))
            done = subprocess.run(
                [
                    sys.executable,
                    str(HERE / "attack_peers.py"),
                    "many_connections",
                    str(self.stack.port),
                    "127.0.0.1",
                ],
                capture_output=True,
                text=True,
                timeout=60,
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout)

        log = len(self.stack.log)
        result = self.attack("many_connections", cpu=0.5, megabytes=4, call=call)
        self.assertGreater(result["held"], 100)
        self.assertLess(len(self.stack.log) - log, 100_000)
        # They are gone: there is room again.
        Shopper(self.stack).socket.close()


class SilentTLS(unittest.TestCase):
    def test_tls_without_a_client_hello_ends_at_the_handshake_deadline(self):
        stack = RelayStack()
        self.addCleanup(stack.close)
        key, certificate = stack.folder / "tls.key", stack.folder / "tls.crt"
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "1",
            ]
            + ["-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )
        configuration = stack.folder / "alongsided.toml"
        lines = f'tls_certificate = "{certificate}"\ntls_key = "{key}"\n'
        configuration.write_text(lines + configuration.read_text())
        stack.start()
        before = memory(stack.process.pid)
        done = subprocess.run(
            [sys.executable, str(HERE / "attack_peers.py"), "silent_tls", str(stack.port), "127.0.3.99"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        print(f"\n  silent_tls: {result}, {(memory(stack.process.pid) - before) / 1e6:+.1f} MB")
        self.assertEqual(result["standing"], 0)
        self.assertLess(result["longest"], 8)
        self.assertLess(memory(stack.process.pid) - before, 8e6)


if __name__ == "__main__":
    unittest.main()
