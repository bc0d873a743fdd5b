"""A relay of a few lines that speaks the shopper's side of Protocol/wire.md and keeps every byte.

It checks what a relay must check (order of lanes, consent before pages) and records a violation instead of closing, so
that a test can name it.
"""

import asyncio
import json
import secrets
import struct
import threading
import time
import zlib

import websockets

HEADER = struct.Struct("<BBBBIIIQ")
PAGE_KINDS = {0x10: "keyframe", 0x11: "delta", 0x12: "scroll", 0x13: "press"}
# Seconds that a frame and the word that nobody looks may take to pass each other: both wait for the page's own work.
IN_FLIGHT = 1


class Frame:
    def __init__(self, kind, flags, session, sequence, captured, body, at):
        self.kind, self.flags, self.session, self.sequence = kind, flags, session, sequence
        self.captured, self.body, self.at = captured, body, at

    @property
    def plain(self):
        return zlib.decompress(self.body, -15) if self.flags & 1 else self.body

    @property
    def value(self):
        return json.loads(self.plain)


def parse(message, at):
    frames, offset = [], 0
    while offset < len(message):
        version, kind, flags, epoch, session, sequence, length, captured = HEADER.unpack_from(message, offset)
        assert version == 1 and epoch == 0 and flags in (0, 1), "a header that breaks the format"
        offset += HEADER.size
        assert len(message) - offset >= length, "a body cut short"
        frames.append(Frame(kind, flags, session, sequence, captured, bytes(message[offset : offset + length]), at))
        offset += length
    return frames


class Link:
    """One shopper's WebSocket as the relay sees it."""

    def __init__(self, relay, socket):
        self.relay, self.socket = relay, socket
        self.frames, self.sequences, self.sent = [], {}, 0
        self.session = None
        self.watched, self.watched_at = False, 0
        self.close_code = None

    def send(self, kind, body):
        self.sent += 1
        data = json.dumps(body).encode()
        number = self.session["number"] if self.session else 0
        header = HEADER.pack(1, kind, 0, 0, number, self.sent, len(data), int(time.time() * 1e6))
        asyncio.run_coroutine_threadsafe(self.socket.send(header + data), self.relay.loop)

    def close(self, code, reason=""):
        return asyncio.run_coroutine_threadsafe(self.socket.close(code, reason), self.relay.loop)

    def watch(self, on=True, reps=("Mia",), keyframe=True):
        self.watched = on
        self.watched_at = time.time()
        self.send(0x43, {"on": on, "reps": list(reps) if on else []})
        if on and keyframe:
            self.send(0x44, {})

    def of(self, *kinds):
        return [frame for frame in self.frames if frame.kind in kinds]


class FakeRelay:
    def __init__(self, port):
        self.port = port
        self.links, self.sessions, self.tokens, self.violations = [], {}, {}, []
        self.raw = bytearray()
        # When words came that a page of a test sends by itself (`convergence.py`).
        self.references = []
        self.refuse_with = None
        self.auto_watch = False
        self.changed = threading.Condition()
        self.loop = asyncio.new_event_loop()
        self.thread = None
        self.server = None

    # Life.

    def start(self):
        ready = threading.Event()

        def run():
            asyncio.set_event_loop(self.loop)
            self.server = self.loop.run_until_complete(self._serve())
            ready.set()
            self.loop.run_forever()

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        ready.wait(5)
        return self

    async def _serve(self):
        return await websockets.serve(
            self._handle, "127.0.0.1", self.port, subprotocols=["alongside.v1"], compression=None, max_size=2 << 20
        )

    def stop(self, code=1001):
        async def close():
            self.server.close(close_connections=False)
            for link in self.links:
                if link.close_code is None:
                    await link.socket.close(code)
            await asyncio.wait_for(self.server.wait_closed(), 5)

        asyncio.run_coroutine_threadsafe(close(), self.loop).result(8)

    def stop_listening_and_forget(self, code=4000):
        """What a restart of the relay looks like: links close, sessions and tokens are gone."""
        self.stop(code)
        self.sessions.clear()
        self.tokens.clear()

    def listen_again(self):
        async def serve():
            self.server = await self._serve()

        asyncio.run_coroutine_threadsafe(serve(), self.loop).result(30)

    # Waiting.

    def wait(self, condition, what, seconds=30):
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                value = condition()
                if value:
                    return value
                left = end - time.monotonic()
                assert left > 0, f"waited {seconds} s for {what}; violations: {self.violations}"
                self.changed.wait(min(left, 0.1))

    def wait_for_link(self, index=0):
        return self.wait(
            lambda: len(self.links) > index and self.links[index].session and self.links[index], f"link {index}"
        )

    def wait_for_consent(self, index=0):
        link = self.wait_for_link(index)
        self.wait(lambda: link.session["consented"], "consent")
        return link

    def wait_for_frame(self, link, *kinds, after=0):
        return self.wait(lambda: next(iter(link.of(*kinds)[after:]), None), f"a frame of {[hex(k) for k in kinds]}")

    def bytes_and_inflated(self):
        with self.changed:
            inflated = b"\n".join(frame.plain for link in self.links for frame in link.frames)
            return bytes(self.raw) + b"\n" + inflated

    # The shopper's side.

    async def _handle(self, socket):
        if socket.request.path == "/reference":
            return await self._refer(socket)
        link = Link(self, socket)
        if self.refuse_with:
            await socket.close(*self.refuse_with)
            return
        with self.changed:
            self.links.append(link)
        try:
            async for message in socket:
                with self.changed:
                    if isinstance(message, str):
                        self.violations.append("a text message")
                        continue
                    self.raw += message
                    for frame in parse(message, time.time()):
                        self._received(link, frame)
                    self.changed.notify_all()
        except websockets.ConnectionClosed:
            pass
        finally:
            with self.changed:
                link.close_code = socket.close_code
                self.changed.notify_all()

    async def _refer(self, socket):
        try:
            async for _ in socket:
                with self.changed:
                    self.references.append(time.time())
                    self.changed.notify_all()
        except websockets.ConnectionClosed:
            pass

    def _received(self, link, frame):
        lane = 4 if frame.kind >> 4 == 5 else frame.kind >> 4
        if lane == 3:
            expected = link.session["talk"] + 1 if link.session else 1
            last_ok = frame.sequence == expected
        elif lane == 2:
            last_ok = frame.sequence > link.sequences.get(lane, 0)
        else:
            last_ok = frame.sequence == link.sequences.get(lane, 0) + 1
        if not last_ok:
            self.violations.append(f"sequence {frame.sequence} in lane {lane}")
        if lane == 1 and lane not in link.sequences and frame.kind != 0x10:
            self.violations.append("the first page frame is no keyframe")
        link.sequences[lane] = frame.sequence
        link.frames.append(frame)
        if len(link.frames) == 1 and frame.kind != 0x40:
            self.violations.append("the first frame is no hello")
        if frame.kind >> 4 in (1, 2):
            if not link.session or not link.session["consented"]:
                self.violations.append(f"frame {frame.kind:#x} before consent")
            elif frame.session != link.session["number"]:
                self.violations.append("a frame with another session's number")
            if not link.watched and time.time() - link.watched_at > IN_FLIGHT:
                self.violations.append(f"frame {frame.kind:#x} while nobody watches")
        if frame.kind == 0x40:
            self._hello(link, frame.value)
        elif frame.kind == 0x30:
            self._consent(link, frame)
        elif frame.kind == 0x46:
            link.send(0x46, {"why": "shopper"})
            link.close(4510, "the session is over")

    def _hello(self, link, hello):
        token = hello.get("resume")
        known = self.tokens.pop(token, None) if token else None
        if known:
            for other in self.links:
                if other.session is known and other.close_code is None:
                    other.close(4509, "the shopper is on another link")
            link.session = known
        else:
            number = len(self.sessions) + 1
            link.session = {"id": f"{number:026d}", "number": number, "talk": 0, "consented": False, "pages": 0}
            self.sessions[link.session["id"]] = link.session
        link.session["continues"] = hello.get("continues")
        fresh = secrets.token_hex(16)
        self.tokens[fresh] = link.session
        link.send(
            0x41,
            {
                "session": link.session["id"],
                "number": link.session["number"],
                "resume": fresh,
                "resumed": bool(known),
                "talk": link.session["talk"],
                "consented": link.session["consented"],
            },
        )
        if known and known["consented"] and self.auto_watch:
            link.watch()

    def _consent(self, link, frame):
        link.session["talk"] = frame.sequence
        link.session["consented"] = frame.value["decision"] == "given"
        link.send(0x42, {"talk": frame.sequence})
        if self.auto_watch:
            link.watch()
        else:
            link.send(0x45, {"position": 1, "waiting": 1})
