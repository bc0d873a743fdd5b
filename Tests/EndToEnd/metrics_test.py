"""The relay's own figures: a session by script, then what the metrics socket and SIGUSR1 say of it."""

import os
import re
import signal
import socket
import stat
import subprocess
import time
import unittest

from relay_stack import RelayStack
from wire_peer import Rep, Shopper, encode

FRAMES = 20
SECONDS = 10
REQUEST_BYTES_MAX = 4096
# A name, its label, its value.
SAMPLE = re.compile(r'^(alongside_[a-z_]+)(\{[a-z]+="[\d.]+"\})? (\S+)$')


class Metrics(unittest.TestCase):
    """One relay of two loops: what it tells is their sum."""

    def setUp(self):
        self.stack = RelayStack(extra="loop_count = 2")
        self.addCleanup(self.stack.close)
        self.path = self.stack.folder / "metrics.sock"
        configuration = self.stack.folder / "alongsided.toml"
        configuration.write_text(f'metrics_socket = "{self.path}"\n' + configuration.read_text())
        self.stack.start()

    def ask(self, request):
        """The answer to a request as it stands."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(SECONDS)
            link.connect(str(self.path))
            link.sendall(request)
            answer = b""
            while piece := link.recv(65536):
                answer += piece
            return answer

    def figures(self):
        """Name and label to value, as curl gets them."""
        done = subprocess.run(
            ["curl", "-sS", "--fail", "--unix-socket", str(self.path), "http://relay/metrics"],
            check=True,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        lines = [line for line in done.stdout.splitlines() if not line.startswith("# TYPE ")]
        matches = [SAMPLE.match(line) for line in lines]
        self.assertNotIn(None, matches, done.stdout)
        return {match[1] + (match[2] or ""): float(match[3]) for match in matches}

    def wait_for(self, name, value):
        """The figures once one of them has the value."""
        end = time.monotonic() + SECONDS
        while (figures := self.figures()).get(name) != value:
            self.assertLess(time.monotonic(), end, f"{name} is {figures.get(name)}, not {value}")
        return figures

    def session(self):
        """A keyframe and deltas reach a rep; a second shopper breaks the format."""
        shopper, rep = Shopper(self.stack), Rep(self.stack)
        self.addCleanup(shopper.socket.close)
        self.addCleanup(rep.socket.close)
        shopper.ask_for_help()
        rep.accept(shopper)
        sent = [shopper.answer_keyframe_request()]
        sent += [shopper.page_frame("delta", {"number": number}) for number in range(FRAMES - 1)]
        self.assertEqual([rep.receive_any("keyframe", "delta").raw for _ in sent], sent)
        with Shopper(self.stack) as stranger:
            stranger.send_bytes(encode("consent", {}, session=1))
            self.assertEqual(stranger.closed()[0], 4500)
        return sum(len(frame) for frame in sent)

    def test_the_socket_counts_what_the_session_did(self):
        bytes_sent = self.session()
        figures = self.wait_for('alongside_links_closed_total{code="4500"}', 1)
        self.assertEqual(figures["alongside_frames_handed_over_total"], FRAMES)
        # Each is one message: two bytes of header before up to 125, four before more.
        wire = figures["alongside_bytes_handed_over_total"]
        self.assertTrue(bytes_sent + 2 * FRAMES <= wire <= bytes_sent + 4 * FRAMES, (wire, bytes_sent))
        # Besides: hello and consent, login and accept, and the stranger's.
        self.assertEqual(figures["alongside_frames_received_total"], FRAMES + 5)
        self.assertGreater(figures["alongside_bytes_received_total"], bytes_sent)
        self.assertEqual(figures["alongside_frame_residence_seconds_count"], FRAMES)
        self.assertEqual(figures["alongside_write_frames_sum"], FRAMES)
        self.assertEqual(figures["alongside_write_bytes_sum"], wire)
        self.assertTrue(0 < figures['alongside_frame_residence_seconds{quantile="0.5"}'] < SECONDS)
        self.assertTrue(0 < figures['alongside_turn_seconds{quantile="1"}'] < SECONDS)
        self.assertEqual(figures['alongside_frames_refused_total{code="4500"}'], 1)
        self.assertEqual(figures["alongside_keyframes_requested_total"], 1)
        self.assertEqual(figures["alongside_resyncs_total"], 0)
        self.assertEqual(figures["alongside_links_opened_total"], 3)
        held = [figures[f"alongside_{name}"] for name in ("links", "sessions", "seats")]
        self.assertEqual(held, [2, 1, 1])

    def test_a_signal_and_the_stop_log_the_figures(self):
        self.session()
        os.kill(self.stack.process.pid, signal.SIGUSR1)
        line = re.compile(rf"^<5>{FRAMES + 5} frames in, {FRAMES} out in \d+ writes, residence p50 \d+ us", re.M)
        end = time.monotonic() + SECONDS
        while not line.search(self.stack.log):
            self.assertLess(time.monotonic(), end, self.stack.log)
        self.assertIsNone(self.stack.process.poll())
        self.assertEqual(self.stack.stop(), 0)
        self.assertEqual(len(line.findall(self.stack.log)), 2)
        self.assertFalse(self.path.exists())

    def test_only_a_whole_get_of_the_page_is_answered(self):
        wrong = {
            b"GET / HTTP/1.0\r\n\r\n": b"404",
            b"POST /metrics HTTP/1.0\r\n\r\n": b"405",
            b"hello\r\n\r\n": b"400",
            b"GET /metrics HTTP/1.0\r\n".ljust(REQUEST_BYTES_MAX, b"x"): b"400",
        }
        for request, status in wrong.items():
            with self.subTest(request[:40]):
                self.assertTrue(self.ask(request).startswith(b"HTTP/1.0 " + status + b" "))
        # A peer that says nothing is left after a second, and the next one served.
        with socket.socket(socket.AF_UNIX) as silent:
            silent.connect(str(self.path))
            self.assertIn("alongside_links", self.figures())
            silent.settimeout(SECONDS)
            self.assertEqual(silent.recv(1), b"")

    def test_the_file_is_the_group_s_and_what_a_crash_left_is_replaced(self):
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o660)
        self.stack.kill()
        self.assertTrue(self.path.exists())
        self.stack.start()
        self.assertIn("alongside_links", self.figures())

    def test_another_s_socket_or_file_is_left_alone(self):
        self.assertEqual(self.stack.stop(), 0)
        self.path.write_text("mine")
        with self.assertRaisesRegex(AssertionError, "the relay ended with 69"):
            self.stack.start()
        self.stack.process = None
        self.assertEqual(self.path.read_text(), "mine")
        self.assertIn("metrics_socket", self.stack.log)
        self.path.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.path))
            other.listen()
            with self.assertRaisesRegex(AssertionError, "the relay ended with 69"):
                self.stack.start()
        self.stack.process = None


if __name__ == "__main__":
    unittest.main()
