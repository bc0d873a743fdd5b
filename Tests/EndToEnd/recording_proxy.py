"""A TCP proxy on loopback that keeps every byte of both directions, and can say what the bytes carried.

`haystacks()` gives, for every connection and direction, the bytes as they crossed the wire, and, where the connection
became a WebSocket, the messages without their masks and the bodies of Alongside's frames inflated.
"""

import socket
import struct
import threading
import zlib

from relay_stack import free_port

HEADER = struct.Struct("<BBBBIIIQ")
DEFLATED = 1


class Connection:
    """One connection's bytes: 0 from who dialled, 1 from the relay."""

    def __init__(self):
        self.bytes = [bytearray(), bytearray()]

    @property
    def is_web_socket(self):
        return b"\r\nupgrade: websocket\r\n" in bytes(self.bytes[0][:4096]).lower()

    def messages(self, direction):
        """The data messages of one direction, unmasked, without the HTTP before them."""
        data = bytes(self.bytes[direction])
        offset = data.find(b"\r\n\r\n") + 4
        message = b""
        while len(data) - offset >= 2:
            first, second = data[offset], data[offset + 1]
            offset += 2
            length = second & 127
            if length >= 126:
                size = 2 if length == 126 else 8
                length = int.from_bytes(data[offset : offset + size], "big")
                offset += size
            mask = data[offset : offset + 4] if second & 128 else b""
            offset += len(mask)
            if len(data) - offset < length:
                return
            body = data[offset : offset + length]
            offset += length
            if mask:
                stream = (mask * (length // 4 + 1))[:length]
                body = (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(length, "big")
            if first & 8:
                yield body
                continue
            message += body
            if first & 128:
                yield message
                message = b""

    def bodies(self, direction):
        """(kind, body) of every frame of one direction, inflated."""
        for message in self.messages(direction):
            offset = 0
            while len(message) - offset >= HEADER.size:
                version, kind, flags, _, _, _, length, _ = HEADER.unpack_from(message, offset)
                if version != 1:
                    break
                offset += HEADER.size
                body = message[offset : offset + length]
                offset += length
                yield kind, zlib.decompress(body, -15) if flags & DEFLATED else body


class RecordingProxy:
    """Listens on a free port of its own; `target` is the relay's port, set before anybody dials."""

    def __init__(self):
        self.port = free_port()
        self.target = None
        self.connections = []
        self.sockets = []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        with self.lock:
            for one in self.sockets:
                one.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                # The relay is gone; its peers may find out by themselves.
                near.close()
                continue
            connection = Connection()
            with self.lock:
                self.connections.append(connection)
                self.sockets += [near, far]
            for direction, (source, sink) in enumerate([(near, far), (far, near)]):
                threading.Thread(target=self._pump, args=(connection, direction, source, sink), daemon=True).start()

    def cut(self):
        """Breaks every connection there is, without a word; new ones are served."""
        with self.lock:
            cut, self.sockets = self.sockets, []
        for one in cut:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                # Broken already by its peer.
                pass
            one.close()

    @staticmethod
    def _pump(connection, direction, source, sink):
        try:
            while data := source.recv(65536):
                connection.bytes[direction] += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def haystacks(self):
        """(what it is, bytes) of everything that crossed."""
        with self.lock:
            connections = list(self.connections)
        for number, connection in enumerate(connections):
            for direction, name in enumerate(("to the relay", "from the relay")):
                place = f"connection {number} {name}"
                yield place, bytes(connection.bytes[direction])
                if connection.is_web_socket:
                    yield place + ", unmasked", b"\n".join(connection.messages(direction))
                    yield place + ", inflated", b"\n".join(body for _, body in connection.bodies(direction))

    def frame_count(self):
        """Alongside's frames that crossed, both ways."""
        return sum(1 for one in self.connections if one.is_web_socket for way in (0, 1) for _ in one.bodies(way))
