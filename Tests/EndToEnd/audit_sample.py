"""Good logs to damage, written from Protocol/audit-log.md and not by the program under test."""

import hashlib
import os
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import audit_verifier as v

BOOT = "00112233445566778899aabbccddeeff"
RELAY = '{"role":"relay"}'
SHOPPER = '{"role":"shopper"}'
REP = '{"role":"rep","id":"mari","key":"SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}'
CHUNK = bytes(range(256)) + b"the ciphertext of a chunk"
ORIGIN = "log.example/audit"


class Key:
    """A signing key of a log, made of a seed."""

    def __init__(self, seed, name=ORIGIN):
        self.name, self.private = name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        raw = b"\x01" + self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        self.verifier = f"{name}+{self.id.hex()}+{v.b64(raw)}"

    def checkpoint(self, size, root):
        text = f"{self.name}\n{size}\n{v.b64(root)}\n"
        return f"{text}\n\u2014 {self.name} {v.b64(self.id + self.private.sign(text.encode()))}\n"


def session_id(number):
    return "".join("0123456789abcdefghjkmnpqrstvwxyz"[number >> s & 31] for s in range(125, -1, -5))


class Story:
    """Records as lines, numbered and stamped."""

    def __init__(self):
        self.lines, self.seq = [], {}

    def add(self, code, data, session=None, actor=RELAY):
        self.lines.append((code, data, session, actor))

    def session(self, number, frames):
        s = session_id(number)
        h = hashlib.sha256(b"alongside frame hash v1\0" + number.to_bytes(16, "big")).hexdigest()
        consent = '{"text":"view-1","language":"en-GB","scope":["view"]}'
        self.add("S100I", '{"origin":"https://shop.example","path":"/basket"}', s, SHOPPER)
        self.add("C101I", consent, s, SHOPPER)
        self.add("K100I", f'{{"session":"{s}","recipients":["{"ab" * 32}"]}}')
        self.add("S110I", '{"seat":1,"rights":["view"]}', s, REP)
        for n in range(frames):
            h = hashlib.sha256(h.encode()).hexdigest()
            lanes = '"bytes":90,"page":1,"cursor":0,"talk":0,"control":0'
            self.add("F100I", f'{{"first":{n + 1},"last":{n + 1},"hash":"{h}",{lanes}}}', s)
            self.add("F101I", f'{{"seat":1,"ranges":[[{n + 1},{n + 1}]]}}', s)
        digest = hashlib.sha256(CHUNK).hexdigest()
        size = f'"bytes":{len(CHUNK)},"hash":"{digest}"'
        self.add("K101I", f'{{"session":"{s}","chunk":1,"first":1,"last":{frames},{size}}}')
        self.add("K102I", f'{{"session":"{s}","why":"ended","chunks":1}}')
        self.add("S111I", '{"seat":1,"why":"left"}', s, REP)
        self.add("S101I", f'{{"why":"shopper","frames":{frames},"hash":"{h}"}}', s)

    def records(self):
        out, seq = [], {}
        for at, (code, data, session, actor) in enumerate(self.lines):
            time = f"2026-11-22T02:20:{at // 1000:02d}.{at % 1000:03d}000Z"
            line = f'{{"v":1,"t":"{time}","mono":{5000 + at},"boot":"{BOOT}"'
            if session:
                seq[session] = seq.get(session, 0) + 1
                line += f',"seq":{seq[session]},"site":"shop-1","session":"{session}"'
            event = v.CODES[code][0]
            out.append((line + f',"code":"{code}","event":"{event}","actor":{actor},"data":{data}}}').encode())
        return out


def story(sessions, frames):
    s = Story()
    s.add("L100I", '{"format":1,"program":"sample 1"}')
    for number in range(1, sessions + 1):
        s.session(number, frames)
    s.add("L102I", "{}")
    return s.records()


def segment(lines, first):
    out = b""
    for index, line in enumerate(lines, first):
        place = struct.pack("<Q", index | v.FIRST)
        out += struct.pack("<II", len(line), v.crc32c(place + line)) + place + line
    return out


def write(root, name, data):
    path = f"{root}/{name}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def segments(lines, cuts):
    """{name: bytes} of the segments that begin at 0 and at each of the cuts."""
    edges = [0] + cuts + [len(lines)]
    return {f"wal/{a:020d}.seg": segment(lines[a:b], a) for a, b in zip(edges, edges[1:])}


def build(root, lines, cuts, key, is_checked=True):
    """A closed log with everything that is derived, and a receipt for each session. Unless `is_checked`, a record may
    break a rule, and everything beside it is right."""
    files = segments(lines, cuts)
    tree, rules = v.Tree(), v.Rules()
    for line in lines:
        try:
            rules.read(v.record(line))
        except v.Bad:
            if is_checked:
                raise
        tree.append(v.sha(b"\0" + line))
    size = len(lines)
    ends = [(name[4:], len(data)) for name, data in files.items()]
    files["state"] = v.state_text(size, ends, tree, v.sha(b"\0" + lines[-1]), rules)
    note = key.checkpoint(size, tree.root())
    files["checkpoint"] = note.encode()
    level, count = 0, size
    while count:
        for n in range((count + 255) // 256):
            width = min(256, count - 256 * n)
            hashes = [tree.nodes[8 * level, 256 * n + i] for i in range(width)]
            files[v.tile_name(level, n, width)] = b"".join(hashes)
            if level == 0:
                part = lines[256 * n : 256 * n + width]
                files[v.tile_name("entries", n, width)] = b"".join(struct.pack(">H", len(e)) + e for e in part)
        level, count = level + 1, count >> 8
    for index, line in enumerate(lines):
        record = v.record(line)
        if record["code"] == "S101I":
            session = record["session"]
            path = "".join(v.b64(h) + "\n" for h in inclusion(tree, index, 0, size))
            text = f"c2sp.org/tlog-proof@v1\nextra {v.b64(line)}\nindex {index}\n{path}\n{note}"
            files[f"receipts/{session}.tlog-proof"] = text.encode()
            files[f"rec/{session}/1.age"] = CHUNK
    for name, data in files.items():
        write(root, name, data)
    return files


def root_of(tree, start, end):
    """MTH(D[start:end]) as RFC 6962 defines it."""
    count = end - start
    if count & (count - 1) == 0:
        return tree.nodes[count.bit_length() - 1, start // count]
    split = 1 << (count - 1).bit_length() - 1
    return v.sha(b"\1" + root_of(tree, start, start + split) + root_of(tree, start + split, end))


def inclusion(tree, index, start, end):
    """PATH as RFC 6962, section 2.1.1, defines it."""
    if end - start == 1:
        return []
    middle = start + (1 << (end - start - 1).bit_length() - 1)
    if index < middle:
        return inclusion(tree, index, start, middle) + [root_of(tree, middle, end)]
    return inclusion(tree, index, middle, end) + [root_of(tree, start, middle)]
