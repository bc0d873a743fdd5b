"""The whole of Alongside on this machine for a test: the relay with its shop, reps on pseudo-terminals, a shopper.

    with RelayStack() as stack:
        rep = stack.open_rep()                  # a RepTerminal of 200 x 56: press, wait_for, text, screen
        with Chromium() as browser:             # a page of 1280 x 800
            browser.page.goto(stack.url + "/delivery")
            browser.share()                     # Help, and the consent
            stack.accept(rep)                   # Enter in the queue, then wait for the page

The programs come from the folder that ALONGSIDE_BIN names. ALONGSIDE_PORTS ("27000-27999") bounds the ports. All
state is in a temporary folder; leaving the block ends every process that was started.
"""

import itertools
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from playwright.sync_api import sync_playwright

from panel import Panel
from rep_terminal import RepTerminal
from shopper import HEIGHT, WIDTH, browser_arguments

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("ALONGSIDE_BIN", REPOSITORY / ".build/debug"))
COLUMNS, ROWS = 200, 56
# The session screen has two lines above the page and two below it.
HEAD_LINES, FOOT_LINES = 2, 2
# What the client may stretch a row by, so that the viewport's whole height is in the pane.
ROW_STRETCH_MIN, ROW_STRETCH_MAX = 0.8, 1.3
# A ticket to take, or a session of one's own to join again, in the queue's summary.
TICKETS = re.compile(r"[1-9]\d* waiting|[1-9]\d* with reps")
READY_SECONDS = 20
STOP_SECONDS = 10
# Below the ports that the kernel gives to those who connect: one of theirs could stand in a relay's way.
PORTS = "12000-24999"
RELAYS = itertools.count()
MARKS = itertools.count(1)

CONFIGURATION = """listen = ["127.0.0.1:{port}"]
relay_names = [{relay_names}]
state_directory = "{folder}/state"
allowed_signers = "{folder}/allowed_signers"
log_level = "info"
{extra}
[[site]]
key = "demo"
name = "northwick"
origins = [{origins}]
"""
REP = """
[[rep]]
principal = "{name}"
name = "{title}"
languages = ["en"]
sites = ["demo"]
"""


def free_port():
    """A port on loopback that nothing listens on now."""
    first, last = (int(part) for part in os.environ.get("ALONGSIDE_PORTS", PORTS).split("-"))
    # Runs beside each other begin at different places, and so do relays of one run: one that is stopped for a moment
    # keeps its port.
    begin = (os.getpid() * 7 + next(RELAYS) * 13) % (last - first + 1)
    candidates = [first + (begin + step) % (last - first + 1) for step in range(last - first + 1)]
    for candidate in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise AssertionError(f"no free port from {first} to {last}")


class RelayStack:
    """One relay with `--demo`, its folder, its reps. `shop_ports` and `rep_ports` are ports of proxies that a test puts
    before the relay: shoppers from there, and reps who dial there, are let in as well. `prefix` is a command that
    becomes the relay, as `env` does."""

    def __init__(self, reps=("demo",), shop_ports=(), rep_ports=(), extra="", flags=("--demo",), prefix=()):
        self.reps, self.flags, self.prefix = reps, flags, prefix
        self.port = free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="alongside-test."))
        self.state = self.folder / "state"
        self.log_file = self.folder / "relay.log"
        self.url = f"http://127.0.0.1:{self.port}"
        self.relay = f"ws://127.0.0.1:{self.port}"
        self.process = None
        # What the last start told systemd, up to its being ready.
        self.notices = []
        self.terminals = []
        self._write(shop_ports, rep_ports, extra)

    def _write(self, shop_ports, rep_ports, extra):
        self.state.mkdir(mode=0o700)
        signers = []
        for name in self.reps:
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", self.key(name)], check=True
            )
            kind, public = pathlib.Path(self.key(name) + ".pub").read_text().split()[:2]
            signers.append(f"{name} {kind} {public}\n")
        (self.folder / "allowed_signers").write_text("".join(signers))

        def quoted(form, ports):
            return ", ".join(f'"{form}://127.0.0.1:{port}"' for port in (self.port, *ports))

        text = CONFIGURATION.format(
            port=self.port,
            folder=self.folder,
            extra=extra,
            relay_names=quoted("ws", rep_ports),
            origins=quoted("http", shop_ports),
        )
        text += "".join(REP.format(name=name, title=name.capitalize()) for name in self.reps)
        (self.folder / "alongsided.toml").write_text(text)

    def key(self, name):
        """The private key file of the rep."""
        return str(self.folder / f"key_{name}")

    @property
    def audit(self):
        """The directory that `alongside-audit` reads."""
        return self.state / "audit"

    @property
    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts the relay and returns when it says, as to systemd, that it is ready. Again after `stop` or `kill`."""
        assert self.process is None, "the relay runs already"
        # A fresh name each time: the notice of an earlier start cannot be taken for this one's. A path in the folder of
        # a test may be longer than a socket address; the abstract name space has no such path.
        name = f"alongside-test-{os.getpid()}-{self.port}-{time.monotonic_ns()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices, open(self.log_file, "ab") as log:
            notices.bind("\0" + name)
            notices.settimeout(0.1)
            self.notices = []
            environment = {**os.environ, "NOTIFY_SOCKET": "@" + name, "SWIFT_BACKTRACE": "enable=no"}
            configuration = str(self.folder / "alongsided.toml")
            command = [*self.prefix, str(BIN / "alongsided"), *self.flags, "--config", configuration]
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, start_new_session=True
            )
            end = time.monotonic() + READY_SECONDS
            while True:
                try:
                    self.notices.append(notices.recv(4096).decode().split("\n"))
                    if "READY=1" in self.notices[-1]:
                        return
                except TimeoutError:
                    pass
                assert self.process.poll() is None, f"the relay ended with {self.process.returncode}:\n{self.log}"
                assert time.monotonic() < end, f"the relay is not ready after {READY_SECONDS} s:\n{self.log}"

    def stop(self, seconds=STOP_SECONDS):
        """Ends the relay in order (SIGTERM); returns its exit code."""
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the relay did not stop within {seconds} s:\n{self.log}") from None

    def kill(self):
        """Ends the relay as a crash would (SIGKILL)."""
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def open_rep(self, name="demo", *flags, columns=COLUMNS, rows=ROWS, relay=None, environment=None):
        """A rep's terminal client on its own pseudo-terminal, logged in with the rep's key."""
        arguments = [
            str(BIN / "alongside"),
            "--relay",
            relay or self.relay,
            "--principal",
            name,
            "--key",
            self.key(name),
            *flags,
        ]
        terminal = RepTerminal(
            arguments,
            columns,
            rows,
            {
                "XDG_STATE_HOME": str(self.folder),
                "LC_ALL": "C.UTF-8",
                "SWIFT_BACKTRACE": "enable=no",
                **(environment or {}),
            },
        )
        self.terminals.append(terminal)
        return terminal

    def accept(self, rep, words=None, seconds=20):
        """Waits for a ticket in the rep's queue, takes the selected one, and waits for the page (and `words` on it)."""
        rep.wait_for(lambda text: TICKETS.search(text), seconds, what="a ticket in the queue")
        rep.press("\r")
        # The status line is drawn after the page: what stands above it is whole.
        rep.wait_for(lambda text: PaneScale.words(text) and "Watching:" in text, seconds, what="the page")
        if words is not None:
            rep.wait_for(words, seconds)

    def verify_audit(self):
        """Runs `alongside-audit verify`; returns (exit code, what it printed)."""
        done = subprocess.run(
            [str(BIN / "alongside-audit"), "verify", str(self.audit)], capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stdout + done.stderr

    def close(self):
        for terminal in self.terminals:
            terminal.kill()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        shutil.rmtree(self.folder, ignore_errors=True)


def settle(terminal, quiet=0.4, seconds=15):
    """Takes in what the client writes until it has written nothing for `quiet` seconds."""
    end = time.monotonic() + seconds
    length = -1
    while length != len(terminal.output):
        assert time.monotonic() < end, f"the client never stopped writing within {seconds} s"
        length = len(terminal.output)
        terminal.read(quiet)


def follow(page, terminal, seconds=20):
    """Waits until the rep's screen shows a look at the page that was made after now: a title of our own tells it."""
    mark = f"Reading {next(MARKS)}"
    page.evaluate("(mark) => { document.title = mark; }", mark)
    terminal.wait_for(mark, seconds)


class PaneScale:
    """How px of the shopper's viewport and cells of the rep's screen answer to each other, read off the rep's address
    line (`1280×800  readable 6.4 px`). Holds while the pane is not panned."""

    FACTS = re.compile(r"(\d+)×(\d+)  (?:(fit|readable) )?([\d.]+) px")

    def __init__(self, terminal):
        found = self.words(terminal.text)
        assert found, f"no scale on the rep's screen:\n{terminal.text}"
        self.viewport = int(found[1]), int(found[2])
        self.zoom, told = found[3], float(found[4])
        self.columns = terminal.screen.columns
        self.rows = terminal.screen.lines - HEAD_LINES - FOOT_LINES
        # The line gives tenths; the exact width is the viewport's share where that is what was rounded.
        share = self.viewport[0] / self.columns
        self.cell_width = share if abs(share - told) <= 0.05 else told
        fitting = self.viewport[1] / self.rows
        is_fitted = self.zoom and ROW_STRETCH_MIN <= fitting / (2 * self.cell_width) <= ROW_STRETCH_MAX
        self.cell_height = fitting if is_fitted else 2 * self.cell_width

    @classmethod
    def words(cls, text):
        """The match of the facts in a screen's second line, or None while no page is shown."""
        lines = text.split("\n")
        return cls.FACTS.search(lines[1]) if len(lines) > 1 else None

    @property
    def is_whole(self):
        """Whether the pane covers the viewport's whole width and height."""
        slack = 0.5
        return (
            self.columns * self.cell_width >= self.viewport[0] - slack
            and self.rows * self.cell_height >= self.viewport[1] - slack
        )

    def row(self, y):
        """The screen's row, with its fraction, of a viewport y."""
        return HEAD_LINES + y / self.cell_height

    def column(self, x):
        return x / self.cell_width


class Chromium:
    """Debian's Chromium with one page of 1280 x 800, and hands for the script's panel."""

    def __enter__(self):
        self.playwright = sync_playwright().start()
        try:
            self.browser = self.playwright.chromium.launch(**browser_arguments())
            self.context = self.browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
            self.page = self.context.new_page()
            self.panel = Panel(self.page)
        except BaseException:
            self.playwright.stop()
            raise
        return self

    def __exit__(self, *_):
        self.browser.close()
        self.playwright.stop()

    def share(self):
        """Presses Help and agrees, as a shopper does."""
        self.panel.press("help")
        self.panel.press("consent-yes")

    def wait_while(self, test, seconds=20, what="the browser"):
        """Lets the page run until `test` is false."""
        end = time.monotonic() + seconds
        while test():
            assert time.monotonic() < end, f"waited {seconds} s for {what}"
            self.page.wait_for_timeout(20)
