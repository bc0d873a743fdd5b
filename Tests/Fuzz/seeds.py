#!/usr/bin/env python3
"""Writes what the fuzzer starts from: OUT/TARGET/NAME for every seed, and OUT/TARGET.dict with words of the format.

Usage: seeds.py OUT. Most seeds are the vectors of Protocol/vectors; OpenSSH's and the terminal's stand below.
"""

import base64
import json
import pathlib
import re
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VECTORS = ROOT / "Protocol" / "vectors"

# RFC 8032, section 7.1, test 1: the secret and the public key.
SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
# SEC 2, section 2.4.2: the base point of P-256, uncompressed; any point serves as a public key.
POINT = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)

# Words that the seeds do not spell, by target.
WORDS = {
    "wire_frames": [b"\x01\x10", b"\x01\x4a", b"\\ud83d\\ude00", b"1e308", b"-0", b"null", b"true"],
    "talk": [b"given", b"refused", b"withdrawn", b"\x01\x30", b"\x01\x31", b"\x01\x10", b"\x01\x20"],
    "request": [
        b"\r\n",
        b"\r\n\r\n",
        b"HTTP/1.1",
        b"HTTP/1.0",
        b"GET /",
        b"HEAD /",
        b"POST ",
        b"CONNECT ",
        b"PRI * HTTP/2.0",
        b"Origin: ",
        b"Host: ",
        b"Cookie: ",
        b"Upgrade: websocket",
        b"Upgrade: h2c",
        b"Connection: ",
        b"keep-alive",
        b"Sec-WebSocket-Key: ",
        b"Sec-WebSocket-Version: ",
        b"Sec-WebSocket-Protocol: ",
        b"alongside.v1",
        b"Sec-WebSocket-Extensions: permessage-deflate",
        b"Content-Length: ",
        b"Transfer-Encoding: chunked",
        b"Expect: 100-continue",
        b"X-Forwarded-For: ",
        b"%00",
        b"%2e",
        b"?",
        b"&",
        b"/../",
        b"\x81\x80",
        b"\x82\xfe",
        b"\x82\xff",
        b"\x88\x82",
        b"\x89\x80",
        b"\x00\x80",
    ],
    "view": [
        b"\nd",
        b"\ns",
        b"\np",
        b"\nc",
        b"\nk",
        b"10000000",
        b"-10000000",
        b"4294967295",
        b"1e-9",
        b'["b",',
        b'["t",',
        b'["m",',
        b'["i",',
        b'["f",',
        b'"tap"',
    ],
    "audit_segment": [b"\\u0000", b'\\"', b"\\\\", b"9007199254740991", b"\x00\x00\x00\x80"],
    "ssh": [b"SSHSIG", b"openssh-key-v1\0", b"cert-authority", b"sha256", b"none", b"\n", b"!", b"*"],
    "input": [
        b"\x1b[",
        b"\x1bO",
        b"\x1b]",
        b"\x1bP",
        b"\x1b\\",
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x07",
        b"\xef\xb8\x8f",
        b"\xe2\x80\x8d",
        b"\xf0\x9f\x91\xa9",
        b"\xcc\x81",
        b"\xe2\x83\xa3",
        b"\xe4\xb8\xad",
    ],
}


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def vectors(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def frame(kind, body):
    return struct.pack("<BBBBIIIQ", 1, kind, 0, 0, 7, 1, len(body), 1_763_805_600_123_456) + body


def wire_frames():
    names = [
        "hello",
        "welcome",
        "acknowledge",
        "watch",
        "keyframe-request",
        "place",
        "end",
        "challenge",
        "login",
        "ready",
        "queue",
        "accept",
        "seated",
        "leave",
        "refused",
        "presence",
        "resync",
        "resume",
        "look",
        "ask",
        "answer",
    ]
    kinds = {name: 0x40 + place for place, name in enumerate(names)} | {"consent": 0x30}
    for vector in vectors("frames.json"):
        yield bytes.fromhex(vector["hex"])
    for vector in vectors("control.json"):
        yield vector["body"].encode()
        yield frame(kinds[vector["kind"]], vector["body"].encode())


def talk():
    """Stories of TalkStories.swift: a byte for what happens, one for the length of the message after it."""

    def shown(kind, sequence, body, session=7):
        return struct.pack("<BBBBIIIQ", 1, kind, 0, 0, session, sequence, len(body), 1) + body

    def story(*steps):
        return b"".join(bytes([happening, len(message)]) + message for happening, message in steps)

    def consent(decision, sequence=1):
        body = compact({"decision": decision, "text": "view-1", "language": "en", "scope": ["view"]})
        return shown(0x30, sequence, body)

    keyframe, delta, cursor = shown(0x10, 1, b"{}"), shown(0x11, 2, b"[]"), shown(0x20, 1, b"[1,2]")
    given = [(7, consent("given")), (0, b""), (1, b"")]
    live = [*given, (7, keyframe)]
    end = shown(0x46, 1, compact({"why": "shopper"}))
    yield story((7, consent("refused")))
    yield story((7, consent("withdrawn")))
    yield story((7, consent("given")), (7, consent("given")), (7, consent("given")), (0, b""))
    yield story((7, consent("given")), (7, consent("withdrawn", 2)))
    yield story((7, consent("given", 2)))
    yield story(*given, (7, consent("given")), (7, consent("given", 2)))
    yield story((7, keyframe))
    yield story((7, consent("given")), (7, keyframe))
    yield story(*live, (7, delta), (7, cursor), (7, b""))
    yield story(*live, (7, delta + cursor), (23, b""), (6, b""))
    yield story(*live, (3, b""), (4, b""), (7, keyframe), (7, b""))
    yield story(*live, (5, b""), (7, shown(0x10, 2, b"{}")), (7, b""))
    yield story(*live, (2, b""), (7, delta), (1, b""))
    yield story(*live, (7, end))
    yield story(*live, (7, consent("withdrawn", 2)))
    yield story(*given, (7, shown(0x31, 2, b"{}")), (7, shown(0x31, 3, b"{}")), (7, shown(0x31, 3, b"{}")))
    yield story(*live, (7, shown(0x1F, 2, b"")), (7, shown(0x2F, 9, b"")), (7, shown(0x70, 1, b"")))
    yield story(*live, (7, shown(0x11, 3, b"")))
    yield story(*live, (7, shown(0x11, 2, b"", session=8)))
    yield story(*live, *[(7, shown(0x11, place, b"x" * 100)) for place in range(2, 40)], (7, b""))
    yield story(*live, *[(7, shown(0x20, place, b"[1,2]")) for place in range(1, 40)], (7, b""))
    for vector in vectors("control.json"):
        if vector["kind"] in ("hello", "end", "consent") and len(vector["body"].encode()) < 200:
            kind = {"hello": 0x40, "end": 0x46, "consent": 0x30}[vector["kind"]]
            yield story((7, shown(kind, 1, vector["body"].encode())))


def websocket_frame(opcode, payload, final=True):
    """A client's frame (RFC 6455, 5.2) under the mask of zeros, which leaves the payload readable."""
    count = len(payload)
    length = bytes([0x80 | count]) if count < 126 else b"\xfe" + struct.pack(">H", count)
    return bytes([(0x80 if final else 0) | opcode]) + length + bytes(4) + payload


def request():
    """The size of the pieces, then what a stranger sends."""
    right = {
        "Host": "relay.example",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "alongside.v1",
    }

    def asked(line="GET /shopper HTTP/1.1", more=(), **wrong):
        headers = right | {name.replace("_", "-"): value for name, value in wrong.items()}
        lines = [line, *(f"{name}: {value}" for name, value in headers.items() if value is not None), *more]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"

    requests = [
        asked(),
        asked("GET /rep?x=1&&y=%41%00 HTTP/1.1"),
        asked("GET /refused HTTP/1.1", ["Origin: https://a.b"]),
        asked(more=["Origin: https://a.b", "Origin: https://c.d"]),
        asked(more=["Cookie: " + "c" * 3000]),
        asked("POST /shopper HTTP/1.1"),
        asked("GET /shopper HTTP/1.0"),
        asked("GET /../%2e%2e/%2F//? HTTP/1.1"),
        asked(Sec_WebSocket_Version="8"),
        asked(Sec_WebSocket_Key="short"),
        asked(Sec_WebSocket_Protocol=None),
        asked(Sec_WebSocket_Protocol="alongside.v1, other"),
        asked(Upgrade="h2c"),
        asked(Connection="keep-alive"),
        asked(Upgrade="websocket, h2c"),
        asked(more=["Sec-WebSocket-Extensions: permessage-deflate"]),
        asked("GET /alongside.js?echo=%c3%a9 HTTP/1.1", Upgrade=None, Connection="keep-alive") * 2,
        asked("HEAD /health HTTP/1.1", Upgrade=None, Connection=None),
        asked(more=["Content-Length: 3"]) + b"abc",
        asked(Upgrade=None, more=["Transfer-Encoding: chunked"]) + b"3\r\nabc\r\n0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET http://relay.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x00\x10" + bytes(16),
        asked(more=[f"X-{n}: {n}" for n in range(90)]),
        asked(more=["User-Agent: " + "u" * 400, "X-Forwarded-For: 1.2.3.4"]),
        asked().replace(b"\r\n", b"\n"),
        asked(more=[" folded: line", "no colon"]),
        asked("CONNECT relay.example:443 HTTP/1.1"),
    ]
    frames = [
        websocket_frame(2, b"hello"),
        websocket_frame(1, "\u00f5un".encode()),
        websocket_frame(1, b"\xff\xfe"),
        websocket_frame(2, b"a", False) + websocket_frame(9, b"ping") + websocket_frame(0, b"b"),
        websocket_frame(0, b"x"),
        websocket_frame(8, b"\x03\xe8bye"),
        websocket_frame(8, b"\x03"),
        websocket_frame(9, b"p" * 125) * 40,
        websocket_frame(2, b"x" * 5000),
        websocket_frame(3, b""),
        b"\x82\xff\x40" + bytes(11) + b"x",
        b"\x82\x05plain",
        b"\xc2\x81" + bytes(5),
        websocket_frame(2, b"", False) * 200,
        websocket_frame(10, b"") * 9,
        websocket_frame(8, b"\x03\xed"),
    ]
    for place, text in enumerate(requests):
        yield bytes([(0, 7, 64)[place % 3]]) + text
    for place, sent in enumerate(frames):
        yield bytes([(0, 50, 200)[place % 3]]) + asked() + sent


def rich_view():
    """A view with every kind of item and layer, and a body of every kind after it."""
    black, white, red = 255, 4294967295, 3425893119
    items = [
        ["b", 0, 0, 300, 200, white, [1, black], 4],
        ["b", 10, 10, 80, 24, red, [1, black, 2, red, 0, 0, 1, white], 0, 0],
        ["t", 14, 12, 60, 16, "Add to bag", white, 256 + 1, 14],
        ["b", 0, 50, 100, 60, 0, 0, 0, 1],
        ["t", 0, 120, 200, 30, "Winter coats \u4e2d\u6587", black, 2 + 16, 26],
        ["m", 0, 160, 96, 16, "card", black, 14],
        ["i", 110, 50, 60, 60, "image", "A red coat", red],
        ["i", 0, 300, 120, 80, "frame", "", 0],
        ["f", 0, 200, 120, 24, "text", 1 + 64, "", "Postcode", white, [1, black], black, 14, "Postcode"],
        ["f", 0, 230, 120, 24, "password", 32, "x", "", white, 0, black, 14],
        ["f", 0, 260, 16, 16, "check", 4, "", "", white, [1, black], black, 14, "Gift"],
        ["f", 20, 260, 90, 16, "select", 0, "Blue", "", white, 0, black, 14],
        ["z", 1, 2, 3, 4],
    ]
    layers = [
        [0, 0, 0, 0, 0, 400, 900, 0, 20],
        [1, 0, 1, 0, 0, 400, 40, 0, 0, 90],
        [2, 0, 2, 10, 300, 200, 80, 5, 30],
        [3, 2, 4, 10, 10, 50, 20, 0, 0, 50],
        [4, 0, 3, 40, 40, 200, 100, 0, 0],
    ]
    blocks = [
        [1, 0, 10, 10, items],
        [2, 1, 5, 6, [["t", 0, 0, 40, 16, "Bar", black, 0, 14]]],
        [3, 2, 0, 30, [["t", 8, 0, 60, 16, "Inside a scroller", black, 0, 14]]],
        [4, 3, 0, 0, [["b", 0, 0, 50, 20, white]]],
        [5, 4, 0, 0, [["b", 0, 0, 200, 100, white], items[2]]],
    ]
    page = {"id": 1, "url": "https://shop.example/", "title": "Shop", "language": "en"}
    yield compact(
        {
            "page": page,
            "viewport": [400, 300],
            "size": [400, 900],
            "ground": white,
            "layers": layers,
            "blocks": blocks,
        }
    )
    yield b"d" + compact({"blocks": [[6, 0, 0, 0, items[:3]]], "moves": [[1, 12, 14.5]], "order": [6, 2, 1, 3, 4, 5]})
    yield b"s" + compact([[0, 0, 40], [2, 1, 1]])
    yield b"p" + compact([30, 20, "tap"])
    yield b"c" + compact([30.5, 90])
    yield b"d" + compact(
        {
            "layers": layers[:2],
            "ground": black,
            "size": [400, 800],
            "viewport": [390, 300],
            "page": page | {"title": "Coats"},
        }
    )
    yield b"c[]"


def view():
    found = vectors("view.json")
    yield b"\n".join(rich_view())
    bases = {story["name"]: compact(story["keyframe"]) for story in found["views"]}
    for story in found["views"]:
        yield b"\n".join(
            [compact(story["keyframe"])]
            + [step["kind"][:1].encode() + compact(step["body"]) for step in story["then"]]
        )
    for refused in found["refused"]:
        body = refused["text"].encode() if "text" in refused else compact(refused["body"])
        base = bases.get(refused.get("base"), next(iter(bases.values())))
        yield body if refused["kind"] == "keyframe" else base + b"\n" + refused["kind"][:1].encode() + body


def audit_segment():
    for segment in vectors("audit-segments.json"):
        yield (b"s" if segment["last"] else b"f") + bytes.fromhex(segment["hex"])
    records = vectors("audit-records.json")
    for line in records["good"] + [bad["line"] for bad in records["bad"]]:
        yield b"r" + line.encode()
    logs = vectors("audit-logs.json")
    for log in logs["good"] + logs["bad"]:
        yield b"r" + "\n".join(log["lines"]).encode()
    yield b"00000000000000000042.seg"


def string(value):
    return struct.pack(">I", len(value)) + value


def armour(label, value):
    text = base64.b64encode(value).decode()
    lines = "\n".join(text[place : place + 70] for place in range(0, len(text), 70))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()


def ssh_keys():
    yield b"ssh-ed25519", string(b"ssh-ed25519") + string(PUBLIC)
    name = b"sk-ssh-ed25519@openssh.com"
    yield name, string(name) + string(PUBLIC) + string(b"ssh:")
    name = b"ecdsa-sha2-nistp256"
    yield name, string(name) + string(b"nistp256") + string(POINT)


def ssh_values():
    yield string(b"ssh-ed25519") + string(bytes(64))
    yield string(b"sk-ssh-ed25519@openssh.com") + string(bytes(64)) + b"\x01" + struct.pack(">I", 9)
    yield string(b"ecdsa-sha2-nistp256") + string(string(b"\x01" * 32) + string(b"\x00" + b"\xff" * 32))


def ssh_private():
    check = struct.pack(">I", 7)
    inner = check + check + string(b"ssh-ed25519") + string(PUBLIC) + string(SECRET + PUBLIC) + string(b"mari@laptop")
    inner += bytes(range(1, 1 + -len(inner) % 8))
    public = string(b"ssh-ed25519") + string(PUBLIC)
    return (
        b"openssh-key-v1\0"
        + string(b"none")
        + string(b"none")
        + string(b"")
        + struct.pack(">I", 1)
        + string(public)
        + string(inner)
    )


def ssh():
    signers = b"# who may log in\n"
    for (name, key), value in zip(ssh_keys(), ssh_values()):
        line = name + b" " + base64.b64encode(key)
        signers += b"mari@example.com,*@example.org,!eve@example.org " + line + b" laptop\n"
        signers += (
            b'"jaan" namespaces="alongside-auth-v1,file",valid-after="20260101",'
            b'valid-before="20300101120000Z" ' + line + b"\n"
        )
        signers += b"mari@example.com cert-authority " + line + b"\n"
        yield b"k" + key
        yield b"l" + line + b" laptop"
        yield b"v" + line + b"\n# revoked\n" + line + b" old laptop\n"
        for number, digest in enumerate([b"sha256", b"sha512"]):
            blob = (
                b"SSHSIG"
                + struct.pack(">I", 1)
                + string(key)
                + string(b"alongside-auth-v1")
                + string(b"")
                + string(digest)
                + string(value)
            )
            yield b"b" + blob
            yield b"g" + armour("SSH SIGNATURE", blob)
        yield b"s\x0e" + string(value)
    yield b"a" + signers
    yield b"p" + armour("OPENSSH PRIVATE KEY", ssh_private())
    yield b"q" + ssh_private()
    identities = b"".join(string(key) + string(b"laptop") for _, key in ssh_keys())
    identities = b"\x0c" + struct.pack(">I", 4) + identities + string(string(b"ssh-rsa")) + string(b"old")
    yield b"i" + identities
    yield b"i\x05"
    yield b"r\x03" + string(identities)
    yield b"e" + base64.b64encode(PUBLIC)


def input_bytes():
    sent = [
        "a\u00f5\u4e2d\U0001f600",
        "\x01\x1b\x1bx\x7f\t\r",
        "\x1b[A\x1b[1;5C\x1bOP\x1bO2P\x1b[15~\x1b[3;2~",
        "\x1b[97;5u\x1b[57441;1:3u\x1b[13;2u\x1b[97:65:99;2:2u",
        "\x1b[<0;10;20M\x1b[<0;10;20m\x1b[<64;1;1M\x1b[M !!",
        "\x1b[I\x1b[O\x1b[Z",
        "\x1b[200~line\r\nnext\x1b[A\x07\x1b[201~x",
        "\x1b[?62;4;22c\x1b[?2026;2$y\x1b[?5u",
        "\x1bP>|kitty(0.43.0)\x1b\\\x1bP1+r524742=38\x1b\\\x1bP0+r524742\x1b\\\x1bP1$r0;1m\x1b\\",
        "\x1b]10;rgb:ffff/0000/8080\x07\x1b]11;#102030\x1b\\\x1b]11;rgba:1/2/3/4\x1b\\",
        "\x1b[12;40R\x1b[48;24;80;480;800t\x1b[?997;1n\x1b[8;24;80t",
        "\x1b_Gi=1;OK\x1b\\\x1bXsos\x18\x1b^pm\x1a",
    ]
    for text in sent:
        yield b"k" + text.encode()
    for sent in [b"\xff\xc3\xf0\x9f\x98", b"\x1b", b"x\x1b[", b"\x1bO", b"\x1b]", b"\x1b[1;2", b"\x1b[200~open"]:
        yield b"k" + sent
    shown = [
        "Delivery details",
        "\u00f5un \u4e2d\u6587 \uff21",
        "e\u0301\u0301\u0301 \U0001f469\u200d\U0001f680 1\ufe0f\u20e3",
        "\u202eevil\u202c\x1b[31m\x9b31m\u200b\u00ad\ufeff",
        "\U0001f1ea\U0001f1ea\u0e33\u1100\u1161\u11a8 \u0915\u094d\u0937",
        "\u2764\ufe0f\U0001f44d\U0001f3fd \r\n\t\u2028\ue000\U000e0041\u0378",
    ]
    for number, text in enumerate(shown):
        yield b"t" + bytes([number * 3, number, 20 + number, number]) + text.encode()
        yield b"t" + bytes([250, 1, 9, 15]) + text.encode() * 4


SEEDS = {
    "wire_frames": wire_frames,
    "talk": talk,
    "request": request,
    "view": view,
    "audit_segment": audit_segment,
    "ssh": ssh,
    "input": input_bytes,
}


def dictionary(target, seeds):
    """The quoted words of text seeds, shortest first, and those of WORDS."""
    quoted = {word for seed in seeds for word in re.findall(rb'"[A-Za-z][A-Za-z.-]{0,23}"', seed)}
    words = WORDS[target] + sorted(quoted, key=lambda word: (len(word), word))[:200]
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in words)


def main(out):
    for target, make in SEEDS.items():
        folder = out / target
        folder.mkdir(parents=True, exist_ok=True)
        seeds = list(make())
        for number, seed in enumerate(seeds):
            (folder / f"seed-{number:03}").write_bytes(seed)
        (out / f"{target}.dict").write_text(dictionary(target, seeds), encoding="ascii")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
