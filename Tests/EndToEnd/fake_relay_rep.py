"""A relay for reps only: enough of Protocol/wire.md to run the terminal client against, and to misbehave on purpose.

Run it by hand:       python3 fake_relay_rep.py --port 26000 --signers allowed_signers
Drive it from a test: async with FakeRelay(...) as relay: await relay.wait_for(...); await relay.close_links(4000)

It checks every login with `ssh-keygen -Y verify`, the same rules as the daemon's, and keeps what reps sent in
`relay.received` as (kind name, session number, body).
"""

import argparse
import asyncio
import base64
import json
import os
import struct
import subprocess
import tempfile
import time
import zlib

import websockets
from websockets.asyncio.server import serve

HEADER = struct.Struct("<BBBBIIIQ")
KINDS = {
    "keyframe": 0x10,
    "delta": 0x11,
    "scroll": 0x12,
    "press": 0x13,
    "cursor": 0x20,
    "end": 0x46,
    "challenge": 0x47,
    "login": 0x48,
    "ready": 0x49,
    "queue": 0x4A,
    "accept": 0x4B,
    "seated": 0x4C,
    "leave": 0x4D,
    "refused": 0x4E,
    "presence": 0x4F,
    "resync": 0x50,
    "resume": 0x51,
    "look": 0x52,
    "ask": 0x53,
    "answer": 0x54,
}
NAMES = {value: name for name, value in KINDS.items()}
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def session_id(number):
    """A 26-character session id that differs by number."""
    value, text = number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128), ""
    for _ in range(26):
        text, value = ALPHABET[value % 32] + text, value // 32
    return text


def frame(kind, body, session=0, sequence=1, capture=None, deflate=False):
    """One frame as bytes; `body` is any JSON value."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    flags = 0
    if deflate:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
        if len(packed) < len(data):
            data, flags = packed, 1
    capture = int(time.time() * 1e6) if capture is None else capture
    return HEADER.pack(1, KINDS[kind], flags, 0, session, sequence, len(data), capture) + data


def frames(message):
    """The frames of one message as (kind name, session number, sequence, body)."""
    offset = 0
    while offset < len(message):
        version, kind, flags, epoch, session, sequence, count, _ = HEADER.unpack_from(message, offset)
        assert (version, flags, epoch) == (1, 0, 0), "a rep's control frame has no flags"
        offset += HEADER.size
        yield NAMES[kind], session, sequence, json.loads(message[offset : offset + count])
        offset += count


class Ticket:
    """One shopper: the page it shows and whether it waits, is seated or away."""

    view_file = None

    def __init__(self, number, title="Delivery", url="https://shop.example/delivery", reason="postcode refused 3x"):
        self.number, self.session = number, session_id(number)
        self.page = {"url": url, "title": title, "language": "en"}
        self.reason, self.state, self.since = reason, "waiting", time.time()
        self.owner, self.reps, self.continues = None, [], None
        self.sequence = self.cursor_sequence = 0
        self.error = "Enter a full postcode, for example SW1A 1AA"

    def entry(self, principal):
        entry = {
            "session": self.session,
            "site": "demo",
            "state": self.state,
            "waited": int(time.time() - self.since),
            "page": self.page,
            "reason": self.reason,
            "reps": self.reps,
            "mine": self.owner == principal and principal is not None,
        }
        if self.continues:
            entry["continues"] = self.continues
        return entry

    def view(self):
        """The keyframe in `view_file`, or a delivery form as the script would send it, 1280 x 800."""
        if Ticket.view_file:
            with open(Ticket.view_file, encoding="utf-8") as file:
                return json.load(file)
        ink, grey, white, red = 0x191D26FF, 0x667085FF, 0xFFFFFFFF, 0xC4331EFF
        return {
            "page": {"id": 1, **self.page},
            "viewport": [1280, 800],
            "size": [1280, 1400],
            "ground": white,
            "layers": [[0, 0, 0, 0, 0, 1280, 1400, 0, 0]],
            "blocks": [
                [1, 0, 0, 0, [["b", 0, 0, 1280, 56, 0x1F3A5FFF], ["t", 24, 18, 160, 20, "northwick", white, 1, 20]]],
                [2, 0, 64, 120, [["t", 0, 0, 210, 32, f"{self.page['title']} details", ink, 1, 26]]],
                [
                    3,
                    0,
                    64,
                    180,
                    [
                        ["t", 0, 0, 70, 16, "Postcode", grey, 0, 14],
                        ["f", 0, 20, 370, 40, "text", 96 | 8, "", "", white, [1, red], ink, 14],
                        ["t", 0, 68, 330, 16, self.error, red, 0, 13],
                    ],
                ],
                [
                    4,
                    0,
                    64,
                    300,
                    [
                        ["b", 0, 0, 180, 44, 0xE4572EFF, 0, 4],
                        ["t", 40, 13, 100, 18, "Place order", white, 1 | 32 | 256, 15],
                    ],
                ],
                [
                    5,
                    0,
                    700,
                    120,
                    [
                        ["t", 0, 0, 180, 20, "Order summary", ink, 1, 18],
                        ["t", 0, 40, 60, 16, "Total", ink, 0, 14],
                        ["t", 300, 40, 70, 16, "£105.65", ink, 1 | 64, 14],
                    ],
                ],
            ],
        }


class FakeRelay:
    """Serves `/rep` on loopback. Everything it does is a method, so that a test reads as a story."""

    def __init__(self, port, signers=None, tickets=2, cursor_hz=0, name="Ana", deflate=True):
        self.port, self.signers, self.cursor_hz, self.name, self.deflate = port, signers, cursor_hz, name, deflate
        self.tickets = [
            Ticket(7),
            Ticket(8, "Basket", "https://shop.example/basket", "asked for help"),
        ][:tickets]
        self.links, self.received, self.logins = {}, [], 0
        self.refuse_accept = None
        self.changed = asyncio.Condition()
        self.server, self.mover = None, None

    async def __aenter__(self):
        self.server = await serve(
            self.link,
            "127.0.0.1",
            self.port,
            subprotocols=["alongside.v1"],
            compression=None,
            process_request=self.gate,
            max_size=2 << 20,
        )
        if self.cursor_hz:
            self.mover = asyncio.create_task(self.move())
        return self

    async def __aexit__(self, *_):
        if self.mover:
            self.mover.cancel()
        self.server.close()
        await self.server.wait_closed()

    def gate(self, connection, request):
        if request.path != "/rep":
            return connection.respond(404, "only /rep\n")
        if "Origin" in request.headers:
            return connection.respond(403, "a browser may not be a rep\n")
        return None

    async def note(self, *fact):
        self.received.append(fact)
        async with self.changed:
            self.changed.notify_all()

    async def wait_for(self, test, seconds=10, what="the rep"):
        """Waits until `test()` holds after something the rep did."""
        async with self.changed:
            try:
                await asyncio.wait_for(self.changed.wait_for(test), seconds)
            except asyncio.TimeoutError:
                raise AssertionError(f"waited {seconds} s for {what}; received: {self.received}") from None

    def count(self, kind):
        return sum(1 for fact in self.received if fact[0] == kind)

    def ticket(self, session):
        return next((ticket for ticket in self.tickets if ticket.session == session), None)

    async def link(self, socket):
        link = {"socket": socket, "principal": None, "sequence": 0, "seats": set()}
        nonce = base64.b64encode(os.urandom(32)).decode()
        try:
            await self.control(
                link, "challenge", {"nonce": nonce, "relay": [f"ws://127.0.0.1:{self.port}"], "now": int(time.time())}
            )
            async for message in socket:
                for kind, session, sequence, body in frames(message):
                    await self.note(kind, session, body)
                    await self.frame_received(link, nonce, kind, session, body)
        except websockets.ConnectionClosed:
            pass
        finally:
            self.links.pop(socket, None)
            for ticket in self.tickets:
                if ticket.number in link["seats"]:
                    ticket.reps = []
            await self.note("closed", 0, socket.close_code)

    async def frame_received(self, link, nonce, kind, session, body):
        if kind == "login":
            if not self.verify(body, nonce):
                await link["socket"].close(4508, "The login was not accepted.")
                return
            link["principal"] = body["principal"]
            self.links[link["socket"]] = link
            self.logins += 1
            await self.control(link, "ready", {"principal": body["principal"], "name": self.name})
            await self.queue()
        elif kind == "accept":
            await self.accept(link, body["session"])
        elif kind == "leave":
            ticket = self.ticket(body["session"])
            link["seats"].discard(ticket.number)
            ticket.owner, ticket.reps, ticket.state = None, [], "waiting"
            await self.queue()
        elif kind == "end":
            ticket = next(t for t in self.tickets if t.number == session)
            await self.presence(ticket, "ended", "rep")
        elif kind == "resync":
            ticket = next(t for t in self.tickets if t.number == session)
            await self.keyframe(ticket, link)

    def verify(self, body, nonce):
        if self.signers is None:
            return body["nonce"] == nonce
        text = (
            f"alongside-auth-v1\nrelay={body['relay']}\nprincipal={body['principal']}\nnonce={body['nonce']}\n"
            f"cnonce={body['cnonce']}\nexporter=-\n"
        )
        with tempfile.NamedTemporaryFile("w", suffix=".sig") as signature:
            signature.write(body["signature"])
            signature.flush()
            done = subprocess.run(
                [
                    "ssh-keygen",
                    "-Y",
                    "verify",
                    "-f",
                    self.signers,
                    "-I",
                    body["principal"],
                    "-n",
                    "alongside-auth-v1",
                    "-s",
                    signature.name,
                ],
                input=text.encode(),
                capture_output=True,
            )
        return body["nonce"] == nonce and len(base64.b64decode(body["cnonce"])) == 32 and done.returncode == 0

    async def accept(self, link, session):
        ticket = self.ticket(session)
        if ticket is None or self.refuse_accept:
            why = self.refuse_accept or "unknown"
            text = {"taken": "Leo took it 0.2 s ago.", "unknown": "That session is over."}.get(why, why)
            await self.control(link, "refused", {"what": "accept", "session": session, "why": why, "text": text})
            return
        ticket.owner, ticket.reps = link["principal"], [self.name]
        if ticket.state == "waiting":
            ticket.state = "live"
        link["seats"].add(ticket.number)
        await self.control(
            link,
            "seated",
            {
                "session": session,
                "number": ticket.number,
                "rights": ["view"],
                "page": ticket.page,
                "state": ticket.state,
            },
        )
        await self.keyframe(ticket, link)
        await self.queue()

    async def control(self, link, kind, body):
        link["sequence"] += 1
        try:
            await link["socket"].send(frame(kind, body, sequence=link["sequence"]))
        except websockets.ConnectionClosed:
            pass

    async def queue(self):
        for link in list(self.links.values()):
            await self.control(link, "queue", {"tickets": [t.entry(link["principal"]) for t in self.tickets]})

    async def to_seats(self, ticket, data, only=None):
        for link in list(self.links.values()):
            if ticket.number in link["seats"] and (only is None or link is only):
                try:
                    await link["socket"].send(data)
                except websockets.ConnectionClosed:
                    pass

    async def keyframe(self, ticket, only=None):
        if ticket.sequence == 0 or only is None:
            ticket.sequence += 1
        data = frame("keyframe", ticket.view(), ticket.number, ticket.sequence, deflate=self.deflate)
        await self.to_seats(ticket, data, only)

    async def page(self, ticket, kind, body, skip=0):
        """A page frame in order; `skip` leaves a gap, which the client must answer with resync."""
        ticket.sequence += 1 + skip
        await self.to_seats(ticket, frame(kind, body, ticket.number, ticket.sequence, deflate=self.deflate))

    async def cursor(self, ticket, x, y):
        ticket.cursor_sequence += 1
        await self.to_seats(ticket, frame("cursor", [x, y], ticket.number, ticket.cursor_sequence))

    async def presence(self, ticket, state, why=None):
        ticket.state = state
        body = {"session": ticket.session, "state": state, **({"why": why} if why else {})}
        for link in list(self.links.values()):
            if ticket.number in link["seats"]:
                await self.control(link, "presence", body)
        if state == "ended":
            self.tickets.remove(ticket)
        await self.queue()

    async def close_links(self, code, reason=""):
        for socket in list(self.links):
            await socket.close(code, reason)

    async def lose_links(self):
        """Breaks every link without a close frame."""
        for socket in list(self.links):
            socket.transport.abort()

    async def move(self):
        """A cursor that circles over the form, as a shopper's hand might."""
        step = 0
        while True:
            await asyncio.sleep(1 / self.cursor_hz)
            step += 1
            for ticket in self.tickets:
                await self.cursor(ticket, 80 + step * 7 % 900, 120 + step * 3 % 400)


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=26000)
    parser.add_argument("--signers", help="an OpenSSH allowed_signers file; without it every signature is taken")
    parser.add_argument("--tickets", type=int, default=2)
    parser.add_argument("--cursor-hz", type=float, default=30)
    parser.add_argument("--view", help="a JSON file with the keyframe body to show, in place of the built-in page")
    parser.add_argument("--seconds", type=float, default=3600)
    flags = parser.parse_args()
    Ticket.view_file = flags.view
    async with FakeRelay(flags.port, flags.signers, flags.tickets, flags.cursor_hz):
        print(f"ws://127.0.0.1:{flags.port}", flush=True)
        await asyncio.sleep(flags.seconds)


if __name__ == "__main__":
    asyncio.run(main())
