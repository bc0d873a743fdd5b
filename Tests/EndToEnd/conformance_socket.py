"""A WebSocket peer made of a socket and RFC 6455 alone, to keep the standard or to break it.

with RawLink(stack.port, "/shopper", origin=stack.url) as link:
    link.send(link.frame(0x2, b"...", final=False))
    link.read_frame()               # (final, opcode, payload), or None at the end of the stream
"""

import base64
import collections
import hashlib
import os
import socket
import struct
import time

SECONDS = 10
ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

Received = collections.namedtuple("Received", "final opcode payload")


class Handshake:
    """A request that keeps section 4.1; single headers can be replaced, left out (None) or repeated (a list)."""

    def __init__(self, port, path, origin=None, method="GET", version="HTTP/1.1", end="\r\n", **changes):
        self.key = base64.b64encode(os.urandom(16)).decode()
        headers = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": self.key,
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Protocol": "alongside.v1",
            "Origin": origin,
        }
        headers.update({name.replace("_", "-"): value for name, value in changes.items()})
        lines = [f"{method} {path} {version}"]
        for name, value in headers.items():
            for each in value if isinstance(value, list) else [value]:
                if each is not None:
                    lines.append(f"{name}: {each}")
        self.bytes = (end.join(lines) + end + end).encode()

    @property
    def answer(self):
        """The Sec-WebSocket-Accept that the server owes (4.2.2)."""
        return base64.b64encode(hashlib.sha1((self.key + ACCEPT).encode()).digest()).decode()


class RawLink:
    """One TCP connection; a link once `status` is 101. `source` gives it an address of its own, `tls` (a context) has
    it speak TLS."""

    def __init__(
        self, port, path="/shopper", source="127.0.0.1", receive_bytes=None, upgrade=True, tls=None, **handshake
    ):
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.bind((source, 0))
        self.socket.settimeout(SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self.input = b""
        self.status, self.headers = None, {}
        if upgrade:
            self.handshake = Handshake(port, path, **handshake)
            self.send(self.handshake.bytes)
            self.read_head()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def fill(self):
        """Reads once more; False at the end of the stream or on a reset."""
        try:
            data = self.socket.recv(1 << 16)
        except (ConnectionResetError, BrokenPipeError):
            return False
        self.input += data
        return bool(data)

    def read_head(self):
        """Status line and headers of the answer; status 0 when there is none."""
        while b"\r\n\r\n" not in self.input:
            if not self.fill():
                self.status = 0
                return
        head, self.input = self.input.split(b"\r\n\r\n", 1)
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}

    def take(self, count):
        while len(self.input) < count:
            if not self.fill():
                return None
        data, self.input = self.input[:count], self.input[count:]
        return data

    @staticmethod
    def frame(opcode, payload=b"", final=True, reserved=0, mask=b"\x12\x34\x56\x78", form=None, length=None):
        """A frame of section 5.2. `form` forces the length's form (7, 16, 64), `mask=None` leaves the mask out."""
        length = len(payload) if length is None else length
        form = form or (7 if length < 126 else 16 if length < 1 << 16 else 64)
        short = {7: length, 16: 126, 64: 127}[form]
        extended = {7: b"", 16: struct.pack(">H", length & 0xFFFF), 64: struct.pack(">Q", length)}[form]
        head = bytes([(0x80 if final else 0) | reserved << 4 | opcode, (0x80 if mask else 0) | short]) + extended
        if mask and any(mask):
            payload = bytes(byte ^ mask[index & 3] for index, byte in enumerate(payload))
        return head + (mask or b"") + payload

    def read_frame(self):
        """The next frame, or None at the end of the stream. What a server may not send is an error at once."""
        head = self.take(2)
        if head is None:
            return None
        assert head[0] & 0x70 == 0, "a reserved bit is set"
        assert head[1] & 0x80 == 0, "a server masks nothing (5.1)"
        count = head[1] & 0x7F
        if count == 126:
            (count,) = struct.unpack(">H", self.take(2))
            assert count > 125, "not the shortest form of the length (5.2)"
        elif count == 127:
            (count,) = struct.unpack(">Q", self.take(8))
            assert count > 0xFFFF, "not the shortest form of the length (5.2)"
        return Received(bool(head[0] & 0x80), head[0] & 0x0F, self.take(count))

    def closed(self, seconds=SECONDS):
        """Reads to the end: the code of the close frame, None when the stream ends without one. Fails when it does
        not end."""
        self.socket.settimeout(seconds)
        code, end = None, time.monotonic() + seconds
        while time.monotonic() < end:
            frame = self.read_frame()
            if frame is None:
                return code
            if frame.opcode == 8:
                code = struct.unpack(">H", frame.payload[:2])[0] if frame.payload else 1005
                try:
                    self.send(self.frame(8, frame.payload))
                except OSError:
                    pass
        raise AssertionError(f"the link still stands after {seconds} s")
