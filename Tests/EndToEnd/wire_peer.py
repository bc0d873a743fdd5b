"""A shopper and a rep without a browser or a terminal: Protocol/wire.md spoken by hand, to keep it or to break it.

    with Shopper(stack) as shopper, Rep(stack, "demo") as rep:
        shopper.ask_for_help()          # hello, welcome, consent, acknowledge
        seat = rep.accept(shopper)      # the ticket's seat
        shopper.answer_keyframe_request()
        rep.receive("keyframe")

Everything waits for the frame itself, none for a time.
"""

import base64
import collections
import hashlib
import json
import os
import subprocess
import time

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fake_relay_rep import ALPHABET, HEADER

KINDS = {
    "keyframe": 0x10,
    "delta": 0x11,
    "scroll": 0x12,
    "press": 0x13,
    "cursor": 0x20,
    "consent": 0x30,
    "hello": 0x40,
    "welcome": 0x41,
    "acknowledge": 0x42,
    "watch": 0x43,
    "keyframe-request": 0x44,
    "place": 0x45,
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
NAMES = {number: name for name, number in KINDS.items()}
SECONDS = 10
PAGE = {"url": "https://shop.example/delivery?step=2", "title": "Delivery", "language": "en"}


def session_bytes(text):
    """The 16 bytes of a session id in Crockford base32."""
    value = 0
    for character in text:
        value = value * 32 + ALPHABET.index(character)
    return value.to_bytes(16, "big")


class Frame(collections.namedtuple("Frame", "kind flags session sequence body raw")):
    """One frame as it came; `raw` is header and body."""

    @property
    def name(self):
        return NAMES.get(self.kind, hex(self.kind))

    @property
    def lane(self):
        return self.kind >> 4

    @property
    def json(self):
        return json.loads(self.body)


def encode(kind, body=b"", session=0, sequence=1, version=1, flags=0, epoch=0, length=None, capture=None):
    """A frame; every field can be given a wrong value. `kind` is a name or a number, `body` JSON or bytes."""
    kind = KINDS.get(kind, kind)
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    capture = int(time.time() * 1e6) if capture is None else capture
    return (
        HEADER.pack(version, kind, flags, epoch, session, sequence, len(data) if length is None else length, capture)
        + data
    )


def split(message):
    """The frames of one message."""
    offset = 0
    while offset < len(message):
        _, kind, flags, _, session, sequence, count, _ = HEADER.unpack_from(message, offset)
        end = offset + HEADER.size + count
        yield Frame(kind, flags, session, sequence, message[offset + HEADER.size : end], message[offset:end])
        offset = end


class Link:
    """One WebSocket to the relay. Checks the order of the relay's control lane by itself."""

    path = "/"

    def __init__(self, stack, origin=None, headers=(), source="127.0.0.1"):
        # Failed logins are held against an address: a test that fails on purpose comes from one of its own.
        self.socket = connect(
            f"ws://127.0.0.1:{stack.port}{self.path}",
            subprotocols=["alongside.v1"],
            compression=None,
            origin=origin,
            additional_headers=list(headers),
            user_agent_header=None,
            max_size=4 << 20,
            ping_interval=None,
            source_address=(source, 0),
            open_timeout=SECONDS,
            legacy=True,
        )
        self.sent_control = self.received_control = 0
        self.waiting = collections.deque()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send_bytes(self, data):
        self.socket.send(data)

    def control(self, kind, body, session=0):
        self.sent_control += 1
        self.send_bytes(encode(kind, body, session, self.sent_control))

    def next(self, seconds=SECONDS):
        """The next frame, whatever it is."""
        while not self.waiting:
            message = self.socket.recv(timeout=seconds)
            assert isinstance(message, bytes), "the relay sends binary messages only"
            for frame in split(message):
                if frame.lane in (4, 5):
                    self.received_control += 1
                    assert frame.sequence == self.received_control, f"the control lane skips: {frame}"
                self.waiting.append(frame)
        return self.waiting.popleft()

    def receive(self, kind, test=lambda frame: True, seconds=SECONDS):
        """The next frame of the kind for which `test` holds; others before it are passed over."""
        end = time.monotonic() + seconds
        passed = []
        while (left := end - time.monotonic()) > 0:
            try:
                frame = self.next(left)
            except TimeoutError:
                break
            except ConnectionClosed as closed:
                raise AssertionError(f"closed before {kind} came: {closed}; after {passed}") from None
            if frame.name == kind and test(frame):
                return frame
            passed.append(frame.name)
        raise AssertionError(f"no {kind} within {seconds} s; came: {passed}")

    def receive_any(self, *kinds, seconds=SECONDS):
        """The next frame of one of the kinds."""
        while True:
            frame = self.next(seconds)
            if frame.name in kinds:
                return frame

    def closed(self, seconds=SECONDS, passed=None):
        """Reads to the end of the link: (code, reason). The frames before it are added to `passed`."""
        try:
            end = time.monotonic() + seconds
            while True:
                frame = self.next(max(0.001, end - time.monotonic()))
                if passed is not None:
                    passed.append(frame)
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")
        except TimeoutError:
            raise AssertionError(f"not closed within {seconds} s") from None

    def drop(self):
        """Breaks the link without a close frame."""
        self.socket.socket.shutdown(2)
        self.socket.close()


class Shopper(Link):
    """A shop page's script. Keeps the running hash of the page, cursor and talk frames that it sent (audit-log.md)."""

    path = "/shopper"

    def __init__(self, stack, site="demo", origin="of the stack", **options):
        super().__init__(stack, stack.url if origin == "of the stack" else origin, **options)
        self.site, self.page_sequence, self.cursor_sequence, self.talk = site, 0, 0, 0
        self.session = self.number = self.token = self.welcome = None
        self.hashed, self.hash = 0, None

    def hello(self, resume=None, page=PAGE, **members):
        """Says hello and takes in the welcome."""
        body = {"site": self.site, "page": page, **members}
        if resume is not None:
            body["resume"] = resume
        self.control("hello", body)
        self.welcome = self.receive("welcome").json
        self.session, self.number, self.token = (self.welcome[key] for key in ("session", "number", "resume"))
        self.talk = self.welcome["talk"]
        self.hash = hashlib.sha256(b"alongside frame hash v1\0" + session_bytes(self.session)).digest()
        return self.welcome

    def decide(self, decision="given", text="view-1", language="en", scope=("view",)):
        """Sends the shopper's decision as the next talk frame."""
        self.talk += 1
        self.send_bytes(
            encode(
                "consent",
                {"decision": decision, "text": text, "language": language, "scope": list(scope)},
                self.number,
                self.talk,
            )
        )

    def ask_for_help(self, **members):
        self.hello(**members)
        self.decide()
        assert self.receive("acknowledge").json == {"talk": 1}

    def page_frame(self, kind, body):
        """The next frame of the page lane; returns its bytes."""
        self.page_sequence += 1
        return self.shown(encode(kind, body, self.number, self.page_sequence))

    def cursor(self, x, y):
        self.cursor_sequence += 1
        return self.shown(encode("cursor", [x, y], self.number, self.cursor_sequence))

    def shown(self, data):
        self.send_bytes(data)
        self.hashed += 1
        self.hash = hashlib.sha256(self.hash + data).digest()
        return data

    def answer_keyframe_request(self, body=None):
        self.receive("keyframe-request")
        return self.page_frame("keyframe", body or {"page": "as painted"})


def sign(key, relay, principal, nonce, cnonce):
    """An armoured signature as wire.md says, by ssh-keygen."""
    text = f"alongside-auth-v1\nrelay={relay}\nprincipal={principal}\nnonce={nonce}\ncnonce={cnonce}\n" "exporter=-\n"
    done = subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "alongside-auth-v1"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


class Rep(Link):
    """A rep's terminal client. Logs in unless `login` is false."""

    path = "/rep"

    def __init__(self, stack, principal="demo", login=True, **options):
        super().__init__(stack, **options)
        self.stack, self.principal = stack, principal
        self.challenge = self.receive("challenge").json
        self.token = None
        if login:
            self.log_in()

    def answer(self, **wrong):
        """The body of a login; members given replace the right ones. `key` is the key file."""
        right = {
            "principal": self.principal,
            "nonce": self.challenge["nonce"],
            "relay": self.stack.relay,
            "cnonce": base64.b64encode(os.urandom(32)).decode(),
            "key": self.stack.key(self.principal),
        }
        right.update({name: value for name, value in wrong.items() if name in right or name == "key"})
        key = right.pop("key")
        signature = wrong.get("signature") or sign(
            key, right["relay"], right["principal"], right["nonce"], right["cnonce"]
        )
        return {**right, "signature": signature}

    def log_in(self, **wrong):
        self.control("login", self.answer(**wrong))
        self.ready()
        self.receive("queue")

    def ready(self):
        ready = self.receive("ready").json
        assert ready["principal"] == self.principal, ready
        self.token = ready["resume"]

    def resume(self, token, *seats):
        """Answers the challenge with a token. A seat is (session, last page frame as it came) or (session, None)."""
        self.control("resume", {"token": token, "seats": [self.seat(*seat) for seat in seats]})

    @staticmethod
    def seat(session, last):
        if last is None:
            return {"session": session}
        return {"session": session, "last": last.sequence, "at": HEADER.unpack_from(last.raw)[7]}

    def tickets(self, test):
        """Waits for a queue for which `test` holds; returns its tickets."""
        return self.receive("queue", lambda frame: test(frame.json["tickets"])).json["tickets"]

    def accept(self, shopper):
        self.control("accept", {"session": shopper.session})
        return self.receive("seated").json

    def wish(self, kind, shopper):
        self.control(kind, {"session": shopper.session})
