"""Sessions beside an attack that must not notice it, in a process of their own:

    python3 attack_pulse.py PORT KEY PRINCIPAL RELAY_NAME plain|tls

Three shoppers move their cursors at a steady pace, whether or not the last move has arrived; one rep watches them all.
How long a move takes counts from when it was due, so that a relay that stands still is not asked less often. Reads
commands from the standard input and answers each with a line of JSON:

    count N       forgets what was measured, then answers when N moves have arrived
    begin         forgets what was measured
    end           answers with what was measured since, of at least one move
"""

import base64
import collections
import json
import os
import select
import ssl
import sys
import time

from conformance_socket import RawLink
from wire_peer import KINDS, PAGE, encode, sign, split

SHOPPERS, HERTZ, SECONDS = 3, 150, 30


class Peer:
    """A link with its frames and its control lane. Answers pings."""

    def __init__(self, link):
        self.link, self.sent_control, self.frames = link, 0, collections.deque()

    def control(self, kind, body):
        self.sent_control += 1
        self.say(encode(kind, body, 0, self.sent_control))

    def say(self, data):
        self.link.send(self.link.frame(2, data))

    def read(self):
        """Takes in what has come; the link is readable."""
        assert self.link.fill(), "the link ended"
        while (data := self.link.input) and len(data) > 1:
            head, count = (4, int.from_bytes(data[2:4], "big")) if data[1] == 126 else (2, data[1])
            head, count = (10, int.from_bytes(data[2:10], "big")) if data[1] == 127 else (head, count)
            if len(data) < head + count:
                break
            opcode, payload = data[0] & 15, data[head : head + count]
            self.link.input = data[head + count :]
            assert opcode != 8, f"the relay closed the neighbour's link: {payload!r}"
            if opcode == 9:
                self.link.send(self.link.frame(10, payload))
            elif opcode == 2:
                self.frames.extend(split(payload))
        if getattr(self.link.socket, "pending", int)():
            self.read()

    def expect(self, kind):
        """The next frame of the kind, in setting up."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            while self.frames:
                frame = self.frames.popleft()
                if frame.name == kind:
                    return frame
            select.select([self.link.socket], [], [], SECONDS)
            self.read()
        raise AssertionError(f"no {kind}")


class Shopper(Peer):
    """A page that moves its cursor, and answers for keyframes."""

    def __init__(self, link):
        super().__init__(link)
        self.control("hello", {"site": "demo", "page": PAGE})
        welcome = self.expect("welcome").json
        self.session, self.number = welcome["session"], welcome["number"]
        consent = {"decision": "given", "text": "view-1", "language": "en", "scope": ["view"]}
        self.say(encode("consent", consent, self.number, 1))
        self.expect("acknowledge")
        self.page_sequence = self.cursor_sequence = 0
        self.due = collections.deque()

    def keyframe(self):
        self.page_sequence += 1
        self.say(encode("keyframe", {"page": "as painted"}, self.number, self.page_sequence))

    def move(self, due):
        self.cursor_sequence += 1
        self.due.append((self.cursor_sequence, due))
        self.say(encode("cursor", [self.cursor_sequence, 0], self.number, self.cursor_sequence))

    def answer(self):
        self.read()
        for frame in self.frames:
            if frame.kind == KINDS["keyframe-request"]:
                self.keyframe()
        self.frames.clear()

    def arrived(self, number, now):
        """How long each move up to this one took: a newer one stands for those that it overtook."""
        while self.due and self.due[0][0] <= number:
            yield now - self.due.popleft()[1]


def log_in(rep, key, principal, relay):
    challenge = rep.expect("challenge").json
    cnonce = base64.b64encode(os.urandom(32)).decode()
    signature = sign(key, relay, principal, challenge["nonce"], cnonce)
    rep.control(
        "login",
        {
            "principal": principal,
            "nonce": challenge["nonce"],
            "cnonce": cnonce,
            "relay": relay,
            "signature": signature,
        },
    )
    rep.expect("ready")


class Pulse:
    def __init__(self, port, key, principal, relay, tls):
        self.rep = Peer(RawLink(port, "/rep", tls=tls))
        log_in(self.rep, key, principal, relay)
        self.shoppers = {}
        for _ in range(SHOPPERS):
            shopper = Shopper(RawLink(port, "/shopper", origin=f"http://127.0.0.1:{port}", tls=tls))
            self.rep.control("accept", {"session": shopper.session})
            self.rep.expect("seated")
            shopper.expect("keyframe-request")
            shopper.keyframe()
            self.rep.expect("keyframe")
            self.shoppers[shopper.number] = shopper
        self.delays, self.wanted, self.words = [], None, b""

    def run(self):
        peers = {self.rep.link.socket: self.rep}
        peers.update({shopper.link.socket: shopper for shopper in self.shoppers.values()})
        pace = 1 / HERTZ / SHOPPERS
        turn, due = list(self.shoppers.values()), time.monotonic()
        while True:
            now = time.monotonic()
            while due <= now:
                turn.append(turn.pop(0))
                turn[-1].move(due)
                due += pace
            for ready in select.select([0, *peers], [], [], max(0, due - time.monotonic()))[0]:
                if ready == 0:
                    if not self.hear():
                        return
                elif peers[ready] is self.rep:
                    self.take()
                else:
                    peers[ready].answer()
            if self.wanted is not None and len(self.delays) >= self.wanted:
                self.tell()

    def take(self):
        self.rep.read()
        now = time.monotonic()
        for frame in self.rep.frames:
            if frame.kind == KINDS["cursor"] and frame.session in self.shoppers:
                self.delays += self.shoppers[frame.session].arrived(frame.json[0], now)
        self.rep.frames.clear()

    def hear(self):
        """A command; False at the end of the standard input."""
        piece = os.read(0, 1024)
        self.words += piece
        while b"\n" in self.words:
            line, self.words = self.words.split(b"\n", 1)
            word, *count = line.split()
            if word == b"end":
                self.wanted = 1
            else:
                self.delays, self.wanted = [], int(count[0]) if count else None
        return bool(piece)

    def tell(self):
        delays = sorted(self.delays)
        self.wanted = None
        last = len(delays) - 1
        figures = {"count": len(delays), "median": delays[last // 2], "p99": delays[last * 99 // 100]}
        print(json.dumps({**figures, "worst": delays[last]}), flush=True)


def main(port, key, principal, relay, form):
    tls = None
    if form == "tls":
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    if os.environ.get("ALONGSIDE_ATTACKS") == "alone":
        # Before the attackers, who share its core.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    pulse = Pulse(int(port), key, principal, relay, tls)
    print(json.dumps({"ready": True}), flush=True)
    pulse.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
