"""The rep's client in a real xterm on a display of its own, and what its window shows, pixel by pixel.

    with XtermPicture(view, folder) as terminal:     # `view` is a keyframe's body
        width, height, rgb = terminal.settled()      # when the page is drawn and the window has come to rest

Xvfb keeps its screen in a file (`-fbdir`, an XWD dump), so that no program is needed to take the picture.
"""

import asyncio
import json
import os
import pathlib
import struct
import subprocess
import threading
import time
import zlib

from browsers import until
from fake_relay_rep import FakeRelay, Ticket
from relay_stack import BIN, free_port

SCREEN = (1760, 1240)
COLUMNS, ROWS = 200, 56
FONT = ["-fa", "DejaVu Sans Mono", "-fs", "10"]
# The X protocol's XWD file, version 7: 25 words in network order, then the name, the colours and the pixels.
XWD_WORDS = struct.Struct(">25I")


class XtermPicture:
    """One xterm with one client that shows one page."""

    def __init__(self, view, folder, columns=COLUMNS, rows=ROWS, flags=()):
        self.view, self.folder, self.flags = view, pathlib.Path(folder), flags
        self.size = columns, rows
        self.programs = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self):
        port = free_port()
        (self.folder / "view.json").write_text(json.dumps(self.view))
        key = self.folder / "key"
        if not key.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        Ticket.view_file = str(self.folder / "view.json")
        self.relay = FakeRelay(port, tickets=1)
        self.wait(self.relay.__aenter__())
        display = self._display()
        client = [str(BIN / "alongside"), "--relay", f"ws://127.0.0.1:{port}", "--principal", "ana"]
        client += ["--key", str(key), "--accept-next"]
        columns, rows = self.size
        environment = ["env", "COLORTERM=truecolor", f"XDG_STATE_HOME={self.folder}", "SWIFT_BACKTRACE=enable=no"]
        self._run(
            ["xterm", "-u8", *FONT, "-geometry", f"{columns}x{rows}+0+0", "-b", "0", "+sb", "-bg", "#14171f"]
            + ["-bd", "#14171f", "-xrm", "*directColor:true", "-xrm", "*cursorBlink:false", *self.flags, "-e"]
            + environment
            + client,
            {**os.environ, "DISPLAY": display, "LC_ALL": "C.UTF-8"},
        )
        until(lambda: self.relay.count("accept"), 30, "the client to take the ticket")

    def _display(self):
        """Starts Xvfb on a display that it chooses."""
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SCREEN[0]}x{SCREEN[1]}x24"]
        command += ["-nolisten", "tcp", "-fbdir", str(self.folder)]
        self._run(command, os.environ, pass_fds=[writing])
        os.close(writing)
        with os.fdopen(reading) as told:
            return ":" + told.readline().strip()

    def _run(self, command, environment, **more):
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.programs.append(subprocess.Popen(command, env=environment, **quiet, **more))

    def wait(self, coroutine):
        """Runs a coroutine of the relay's."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def pixels(self):
        """The screen as (width, height, bytes in threes), cut to the terminal."""
        data = (self.folder / "Xvfb_screen0").read_bytes()
        words = XWD_WORDS.unpack_from(data)
        header, width, height, stride, colours = words[0], words[4], words[5], words[12], words[19]
        start = header + colours * 12
        rows = [data[start + row * stride :][: width * 4] for row in range(height)]
        black = bytes(3)
        right = next((x for x in range(width) if rows[0][x * 4 : x * 4 + 3] == black), width)
        bottom = next((y for y in range(height) if rows[y][:3] == black), height)
        picture = bytearray(right * bottom * 3)
        for y in range(bottom):
            line = rows[y][: right * 4]
            for channel in range(3):
                # Little-endian words: blue, green, red, nothing.
                picture[y * right * 3 + channel : (y + 1) * right * 3 : 3] = line[2 - channel :: 4]
        return right, bottom, bytes(picture)

    def settled(self, quiet=0.6, seconds=20):
        """The pixels once they have stayed the same for `quiet` seconds."""
        end = time.monotonic() + seconds
        shown, since = self.pixels(), time.monotonic()
        while time.monotonic() - since < quiet or shown[0] < 100:
            assert time.monotonic() < end, "the window never came to rest"
            time.sleep(0.1)
            now = self.pixels()
            if now != shown:
                shown, since = now, time.monotonic()
        return shown

    def __exit__(self, *_):
        for program in reversed(self.programs):
            program.terminate()
            program.wait()
        if hasattr(self, "relay"):
            self.wait(self.relay.__aexit__())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        Ticket.view_file = None


def png(width, height, rgb):
    """The pixels as a PNG file (RFC 2083)."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    lines = b"".join(b"\0" + rgb[y * width * 3 : (y + 1) * width * 3] for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines, 6)) + chunk(b"IEND", b"")
