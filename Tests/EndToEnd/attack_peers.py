"""The attackers of test_attacks.py, one process each, so that their work is not the measured one's:

    python3 attack_peers.py NAME PORT SOURCE [SECONDS]

Each plays one attack against 127.0.0.1:PORT from the address SOURCE, again and again from addresses of their own until
SECONDS have passed, and prints one JSON object of what the relay did to the first.
"""

import concurrent.futures
import json
import os
import select
import socket
import ssl
import struct
import sys
import time

from attack_tls import OpenSSL, key_updates, retry_storm
from conformance_socket import Handshake, RawLink
from wire_peer import PAGE, encode

PATIENCE = 20
HELLO = encode("hello", {"site": "demo", "page": PAGE})


class ShutOut(Exception):
    """The relay lets this address in no more."""


def raw(port, source):
    """A TCP connection that says nothing yet."""
    return RawLink(port, source=source, upgrade=False)


def shopper(port, source, **options):
    link = RawLink(port, "/shopper", source=source, origin=f"http://127.0.0.1:{port}", **options)
    if link.status != 101:
        raise ShutOut(source)
    return link


def ends(links, seconds=PATIENCE, feed=None):
    """How long each of the connections stood, at most `seconds`; `feed` is called ten times a second meanwhile."""
    start, stood, open_links = time.monotonic(), [], {link.socket: link for link in links}
    while open_links and time.monotonic() - start < seconds:
        for readable in select.select(list(open_links), [], [], 0.1)[0]:
            try:
                if readable.recv(1 << 16):
                    continue
            except OSError:
                pass
            stood.append(round(time.monotonic() - start, 2))
            del open_links[readable]
        for link in open_links.values() if feed else ():
            try:
                feed(link)
            except OSError:
                pass
    return {"ended": len(stood), "standing": len(open_links), "longest": max(stood, default=None)}


def idle_connections(port, source):
    """Connections that never say a word."""
    return ends([raw(port, source) for _ in range(30)])


def dripping_headers(port, source):
    """A request of one byte at a time."""
    links = [raw(port, source) for _ in range(10)]
    texts = {link: iter("GET /shopper HTTP/1.1\r\nHost: " + "a" * 10_000) for link in links}
    return ends(links, feed=lambda link: link.send(next(texts[link]).encode()))


def endless_headers(port, source):
    """Headers without end, as fast as they go."""
    taken, codes = [], []
    for _ in range(10):
        link, sent = raw(port, source), 0
        try:
            link.send(b"GET /shopper HTTP/1.1\r\n")
            while sent < 1 << 20:
                sent += link.socket.send(b"X-Header: " + b"a" * 100 + b"\r\n")
        except OSError:
            pass
        link.socket.close()
        taken.append(sent)
    return {"most_bytes": max(taken), "cut_off": sum(sent < 1 << 20 for sent in taken)}


def silent_tls(port, source):
    """TCP connections to a TLS port, half of them with bytes that are no ClientHello."""
    links = [raw(port, source) for _ in range(20)]
    for link in links[::2]:
        link.send(b"\x16\x03\x01")
    return ends(links)


def crowd(port, source, count=120):
    """Connections from several addresses: more than one may have."""
    first, second, third, fourth = source.split(".")
    return [raw(port, f"{first}.{second}.{int(third) + 10 + number // 30}.{fourth}") for number in range(count)]


def drop(links):
    """Without an orderly end: thousands of such connections would use up the ports."""
    for link in links:
        link.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.socket.close()


def tls_storm(port, source):
    """ClientHellos of many connections that were opened before, all in one moment; nobody goes on with them."""
    outgoing = ssl.MemoryBIO()
    session = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        hello = outgoing.read()
    links = crowd(port, source)
    for link in links:
        link.send(hello)
    answered = sum(link.fill() for link in links)
    drop(links)
    return {"answered": answered}


def tls_retry_storm(port, source):
    """First ClientHellos that cost no signature; then, all in one moment, the second ones that do."""
    links = crowd(port, source)
    result = retry_storm(links)
    drop(links)
    return result


def tls_key_updates(port, source):
    """Open links that change their keys without end, faster than the relay can follow."""
    links = []
    for _ in range(2):
        connected = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
        link = OpenSSL(connected)
        link.send(Handshake(port, "/shopper", origin=f"http://127.0.0.1:{port}").bytes)
        link.read()
        link.send(RawLink.frame(2, HELLO))
        links.append(link)
    with concurrent.futures.ThreadPoolExecutor() as threads:
        counts = list(threads.map(lambda link: key_updates(link, 2), links))
    return {"updates": sum(counts)}


def many_connections(port, source):
    """More connections than the relay has descriptors, held until the standard input ends."""
    held = []
    for number in range(300):
        try:
            held.append(raw(port, f"127.0.{200 + number // 25}.{number % 25 + 2}"))
        except OSError:
            break
    sys.stdin.read()
    count = len(held)
    for link in held:
        link.socket.close()
    return {"held": count}


def flood(link, data, seconds=PATIENCE):
    """Sends `data` again and again without reading until the relay ends the connection."""
    start, sent = time.monotonic(), 0
    try:
        while time.monotonic() - start < seconds:
            sent += link.socket.send(data)
    except OSError:
        pass
    return sent, round(time.monotonic() - start, 2)


def ping_flood(port, source):
    """Pings without end from a peer that reads no pong."""
    link = shopper(port, source, receive_bytes=4096)
    link.send(link.frame(2, HELLO))
    link.socket.settimeout(PATIENCE)
    sent, seconds = flood(link, link.frame(9, b"1234") * 500)
    return {"bytes": sent, "seconds": seconds}


def until_shut_out(port, source, count):
    """As many links one after the other, fewer when the address is shut out for what it did with the first."""
    yield shopper(port, source)
    try:
        for _ in range(count - 1):
            yield shopper(port, source)
    except ShutOut:
        pass


def fragments(port, source, payload):
    codes = []
    for link in until_shut_out(port, source, 5):
        try:
            link.send(link.frame(2, b"", final=False))
            for _ in range(100):
                link.send(link.frame(0, payload, final=False) * 500)
        except OSError:
            pass
        try:
            codes.append(link.closed())
        except OSError:
            codes.append(None)
    return {"codes": codes}


def tiny_fragments(port, source):
    """Messages of one-byte fragments that never end."""
    return fragments(port, source, b"x")


def empty_fragments(port, source):
    """Messages of empty fragments that never end."""
    return fragments(port, source, b"")


def huge_claims(port, source):
    """Frames that claim 2^62 bytes."""
    links = [shopper(port, source) for _ in range(20)]
    for link in links:
        link.send(link.frame(2, b"x" * 1000, form=64, length=1 << 62))
    return {"codes": [link.closed() for link in links]}


def large_messages(port, source):
    """Messages one byte short of the limit that never end, and one that is beyond it."""
    links = [shopper(port, source) for _ in range(20)]
    block = bytes((1 << 20) + (64 << 10) - 1)
    unfinished = RawLink.frame(2, block, final=False, mask=b"\0\0\0\0")
    for link in links:
        try:
            link.send(unfinished)
        except OSError:
            pass  # The relay was sooner: it waits 5 s for a hello.
    codes = []
    over = shopper(port, source)
    over.send(over.frame(2, block + b"xx", mask=b"\0\0\0\0"))
    codes.append(over.closed())
    return {"codes": codes, **ends(links)}


def compression(port, source):
    """permessage-deflate that was not agreed on, and the deflated flag where it may not be."""
    codes = []
    for _ in range(5):
        link = shopper(port, source, Sec_WebSocket_Extensions="permessage-deflate")
        codes.append("offered" if "sec-websocket-extensions" in link.headers else "not offered")
        link.send(link.frame(2, b"\x78\xda" * 1000, reserved=4))
        codes.append(link.closed())
        link = shopper(port, source)
        link.send(link.frame(2, encode("hello", b"\x78\xda" * 1000, flags=1)))
        codes.append(link.closed())
    return {"codes": codes}


def message_flood(port, source):
    """Frames as fast as they go, from shoppers who said hello."""
    codes = []
    for link in until_shut_out(port, source, 3):
        link.send(link.frame(2, HELLO))
        link.read_frame()
        unknown = b"".join(link.frame(2, encode(0x5F, b"x" * 40, sequence=number)) for number in range(2, 4000))
        try:
            link.send(unknown)
        except OSError:
            pass
        try:
            codes.append(link.closed())
        except OSError:
            codes.append(None)
    return {"codes": codes}


def login_brute_force(port, source):
    """Logins with signatures that are none, one link after the other, until the door stays shut."""
    codes, start = [], time.monotonic()
    while time.monotonic() - start < PATIENCE and len(codes) < 60:
        try:
            link = RawLink(port, "/rep", source=source)
            if link.status != 101:
                break
            link.read_frame()
            login = {
                "principal": "demo",
                "nonce": "AAAA",
                "cnonce": "AAAA",
                "relay": "x",
                "signature": os.urandom(8).hex(),
            }
            link.send(link.frame(2, encode("login", login)))

            codes.append(link.closed())

        except OSError:
            break
    return {"tries": len(codes), "codes": sorted(set(codes), key=str), "shut_out": len(codes) < 60}


def dead_peer(port, source):
    """A shopper who said hello and then neither reads nor answers."""
    link = shopper(port, source)
    link.send(link.frame(2, HELLO))
    link.read_frame()
    start = time.monotonic()
    link.socket.settimeout(45)
    while link.fill():
        pass
    return {"seconds": round(time.monotonic() - start, 1), "timed_out": b"\x0f\xa2" in link.input}


def main(name, port, source, seconds="0"):
    start, tries, results = time.monotonic(), 0, []
    first, _, *rest = source.split(".")
    while not results or time.monotonic() - start < float(seconds):
        # Addresses by turns, as of many attackers. Who is shut out tries again.
        tries += 1
        try:
            results.append(globals()[name](int(port), ".".join([first, str(tries % 250), *rest])))
        except ShutOut:
            assert results, "shut out at the first try"
    print(json.dumps(results[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
