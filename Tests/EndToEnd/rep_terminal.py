"""The rep's terminal client on a pseudo-terminal, read through pyte: press keys, wait for words, look at modes.

Nothing here sleeps: `wait_for` reads until the screen says what is expected, or fails with the screen as it is.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import pyte

# Set modes by private number, as the client switches them on and off.
PRIVATE_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")


class RepTerminal:
    """A child process on its own pseudo-terminal."""

    def __init__(self, arguments, columns=120, rows=40, environment=None):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})})
            os.execv(arguments[0], arguments)
        self.resize(columns, rows)

    def resize(self, columns, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def press(self, keys):
        os.write(self.fd, keys.encode())

    def signal(self, number):
        os.kill(self.pid, number)

    def read(self, seconds):
        """Takes in what the client writes within `seconds`; False at its end."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        if not data:
            return False
        self.output += data
        self.answer(data)
        self.stream.feed(data)
        return True

    def answer(self, data):
        """Answers the fence of the capability query, as every terminal does."""
        if b"\x1b[c" in data:
            os.write(self.fd, b"\x1b[?62;22c")

    @property
    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def words(self):
        """The text with every run of blanks as one: a page's words stand where their px are, not side by side."""
        return re.sub(" +", " ", self.text)

    def wait_for(self, test, seconds=10, what=None):
        """Reads until the words hold `test`, or until `test` is true of the text."""
        holds = (lambda _: test in self.words) if isinstance(test, str) else test
        end = time.monotonic() + seconds
        while not holds(self.text):
            left = end - time.monotonic()
            assert left > 0, f"waited {seconds} s for {what or test!r}; the screen is:\n{self.text}"
            if not self.read(min(left, 0.05)) and not holds(self.text):
                raise AssertionError(f"ended before {what or test!r} came; the screen was:\n{self.text}")

    def wait_end(self, seconds=10):
        """Reads to the end. Returns the exit code, 128 + n where signal n ended it."""
        end = time.monotonic() + seconds
        while self.read(0.05):
            assert time.monotonic() < end, f"still running; the screen is:\n{self.text}"
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        self.status = os.waitstatus_to_exitcode(status)
        return self.status if self.status >= 0 else 128 - self.status

    def kill(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            while self.read(0.2):
                pass
            os.waitpid(self.pid, 0)
            os.close(self.fd)
            self.status = -9

    @property
    def modes_left_on(self):
        """Private modes that were switched on and not off again; 7 and 25 count the other way round."""
        on = set()
        for numbers, way in PRIVATE_MODE.findall(self.output):
            for number in map(int, numbers.split(b";")):
                hidden = (way == b"l") if number in (7, 25) else (way == b"h")
                on.add(number) if hidden else on.discard(number)
        return on
