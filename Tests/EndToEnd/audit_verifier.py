#!/usr/bin/env python3
"""A second verifier, written from Protocol/audit-log.md alone: the table of codes is read from that file.

audit_verifier.py DIR [--key VKEY] [--checkpoint FILE]... [--receipt FILE]...   exit 0 whole, 1 damaged
audit_verifier.py --loop VKEY      reads "DIR" lines, answers "ok" or "bad PLACE: WHY" (for tests that ask often)
"""

import argparse, base64, hashlib, json, os, re, struct, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CONTRACT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Protocol", "audit-log.md")
NAMES = "wal tile checkpoint state receipts rec quarantine keys inbox reserve tmp".split()
WORD, HEX64 = re.compile(r"[A-Za-z0-9._-]{1,64}\Z"), re.compile(r"[0-9a-f]{64}\Z")
SESSION = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}\Z")
TEXTS = {"name": 128, "origin": 267, "path": 1024, "signature": 4096}
FIRST = 1 << 63


class Bad(Exception):
    pass


def check(ok, place, why):
    if not ok:
        raise Bad(f"{place}: {why}")


def codes():
    row = re.compile(r"^\| ([A-Z]\d{3}[IWE]) \| `([a-z.]+)` \| ([ABC]) \| (session|log|either) \| (.*?) \| ")
    with open(CONTRACT, encoding="utf-8") as f:
        rows = [m.groups() for m in map(row.match, f) if m]
    return {c: (e, s, re.findall(r"`(\w+)`(\??) (\w+)", fields)) for c, e, _, s, fields in rows}


CODES = codes()
CRC = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
    CRC.append(i)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def sha(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text, place):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad(f"{place}: not base64")
    check(b64(data) == text, place, "another spelling of base64")
    return data


def read(path, limit):
    with open(path, "rb") as f:
        data = f.read(limit + 1)
    check(len(data) <= limit, path, "too long")
    return data


def frame(data, at):
    """(index, begins a write, record, end) or the name of the fault."""
    if at + 16 > len(data):
        return "header"
    size, crc, place = struct.unpack_from("<IIQ", data, at)
    if not 1 <= size <= 16384:
        return "length"
    if at + 16 + size > len(data):
        return "cut"
    if crc32c(data[at + 8 : at + 16 + size]) != crc:
        return "checksum"
    return place & ~FIRST, place >= FIRST, data[at + 16 : at + 16 + size], at + 16 + size


def later_write(data, at, used, index):
    for other in range(at + 1, used):
        if 1 <= int.from_bytes(data[other : other + 4], "little") <= 16384:
            found = frame(data, other)
            if not isinstance(found, str) and found[1] and found[0] > index:
                return True
    return False


def records(root):
    """(segment, end of the frame, record) for each, in order."""
    index, names = 0, sorted(os.listdir(f"{root}/wal"))
    for name in names:
        file, last = f"wal/{name}", name == names[-1]
        check(name == "%020d.seg" % index, file, f"a segment that begins with entry {index} should stand here")
        data, at = read(f"{root}/{file}", 16777216), 0
        used = len(data.rstrip(b"\0"))
        while at < used:
            found = frame(data, at)
            if isinstance(found, str) or found[0] != index:
                fault = found if isinstance(found, str) else "index"
                torn = last and used - at <= 65536 and not later_write(data, at, used, index)
                check(torn, f"{file}, offset {at}", fault)
                return
            yield file, found[3], found[2]
            index, at = index + 1, found[3]
        check(last or at == len(data), f"{file}, offset {at}", "trailing")


def quoted(text):
    out = ""
    for c in text:
        v = ord(c)
        escaped = v < 0x20 or 0x7F <= v <= 0x9F or v in (0x2028, 0x2029)
        out += "\\" + c if c in '"\\' else "\\u%04x" % v if escaped else c
    return f'"{out}"'


def spell(v):
    """The one spelling of a value: strings, integers, lists of them."""
    if isinstance(v, str):
        return quoted(v)
    if isinstance(v, list):
        return "[" + ",".join(map(spell, v)) + "]"
    check(type(v) is int and 0 <= v < 1 << 53, "record", "neither text, integer nor list")
    return str(v)


def is_value(kind, v):
    if kind == "count":
        return type(v) is int and 0 <= v < 1 << 53
    if kind == "words":
        return isinstance(v, list) and len(v) <= 16 and all(is_value("word", w) for w in v)
    if kind == "ranges":
        whole = isinstance(v, list) and 1 <= len(v) <= 256
        if not whole or not all(isinstance(p, list) and len(p) == 2 for p in v):
            return False
        flat = [-1] + [n for p in v for n in p]
        pairs = zip(flat[0::2], flat[1::2], flat[2::2])
        return all(is_value("count", n) for n in flat[1:]) and all(a + 1 < f <= l and f for a, f, l in pairs)
    if not isinstance(v, str):
        return False
    if kind in TEXTS:
        return 1 <= len(v.encode()) <= TEXTS[kind] and not (kind in ("origin", "path") and re.search("[?#]", v))
    return bool({"word": WORD, "digest": HEX64, "session": SESSION}[kind].match(v))


def is_time(t):
    m = re.match(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{6}Z\Z", t, re.ASCII)
    if not m:
        return False
    y, mo, d, h, mi, s = map(int, m.groups())
    leap = y % 4 == 0 and (y % 100 or y % 400 == 0)
    days = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return y >= 1970 and 1 <= mo <= 12 and 1 <= d <= days[mo - 1] and h < 24 and mi < 60 and s < 60


def actor(a):
    role, i, k = a.get("role"), a.get("id"), a.get("key")
    short = all(v is None or isinstance(v, str) and 1 <= len(v.encode()) <= 128 for v in (i, k))
    free = {
        "shopper": k is None and (i is None or bool(i.startswith("p:") and SESSION.match(i[2:]))),
        "relay": i is None and k is None,
        "rep": i is not None,
        "supervisor": i is not None,
        "operator": True,
        "auditor": True,
    }
    check(short and free.get(role, False), "record", "actor")
    return "{" + ",".join(f"{quoted(n)}:{quoted(a[n])}" for n in ("role", "id", "key") if n in a) + "}"


def record(line):
    """The record as a dictionary; refuses every spelling but the one."""
    try:
        r = json.loads(line.decode("utf-8"))
        code, data = r["code"], r["data"]
        event, scope, fields = CODES[code]
        check(r["v"] == 1 and type(r["v"]) is int and is_time(r["t"]), "record", "v or t")
        check(is_value("count", r["mono"]) and re.match(r"[0-9a-f]{32}\Z", r["boot"]), "record", "mono or boot")
        out = f'{{"v":1,"t":"{r["t"]}","mono":{r["mono"]},"boot":"{r["boot"]}"'
        check(("seq" in r) == ("session" in r) and r.get("seq", 1) > 0, "record", "seq or session")
        check(scope == "either" or ("seq" in r) == (scope == "session"), "record", "scope")
        if "seq" in r:
            check(is_value("count", r["seq"]) and is_value("session", r["session"]), "record", "seq or session")
            out += ',"seq":%d' % r["seq"]
        if "site" in r:
            check(isinstance(r["site"], str) and 1 <= len(r["site"].encode()) <= 64, "record", "site")
            out += ',"site":' + quoted(r["site"])
        if "session" in r:
            out += ',"session":' + quoted(r["session"])
        out += f',"code":"{code}","event":"{event}","actor":{actor(r["actor"])},"data":{{'
        parts = []
        for name, optional, kind in fields:
            if name in data or not optional:
                check(is_value(kind, data[name]), "record", name)
                parts.append(f"{quoted(name)}:{spell(data[name])}")
        out += ",".join(parts) + "}"
        if "enc" in r:
            e = r["enc"]
            sizes = 1 <= len(e["n"].encode()) <= 128 and 1 <= len(e["c"].encode()) <= 8192
            check(is_value("word", e["k"]) and sizes, "record", "enc")
            out += f',"enc":{{"k":{quoted(e["k"])},"n":{quoted(e["n"])},"c":{quoted(e["c"])}}}'
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as e:
        raise Bad(f"record: {type(e).__name__} {e}")
    check((out + "}").encode() == line, "record", "another spelling")
    return r


class Rules:
    """Rules between records."""

    def __init__(self):
        self.boot, self.mono, self.ended, self.open, self.over, self.recordings, self.held = (
            None,
            0,
            True,
            {},
            set(),
            {},
            set(),
        )

    def read(self, r):
        code, d, s = r["code"], r["data"], r.get("session")
        if code == "L100I":
            self.boot, self.mono, self.ended = r["boot"], r["mono"], False
            for o in self.open.values():
                o["interrupted"] = True
            return
        check(not self.ended, "rule", "start")
        self.ended = code in ("L102I", "L104E")
        check(r["boot"] == self.boot, "rule", "boot")
        check(r["mono"] >= self.mono, "rule", "clock")
        self.mono = r["mono"]
        if s:
            self.session(code, d, s, r)
        elif "session" in d:
            self.keep(code, d, d["session"])

    def session(self, code, d, s, r):
        if code == "S100I":
            check(s not in self.open and s not in self.over, "rule", "sessionReopened")
            number = 0
            for c in s:
                number = number << 5 | "0123456789abcdefghjkmnpqrstvwxyz".index(c)
            start = sha(b"alongside frame hash v1\0" + number.to_bytes(16, "big")).hex()
            self.open[s] = o = dict(seq=0, frames=0, hash=start, seats=set(), consent=False, interrupted=False)
            o["site"] = r.get("site")
        check(s not in self.over, "rule", "sessionOver")
        check(s in self.open, "rule", "sessionUnknown")
        o = self.open[s]
        check(r["seq"] == o["seq"] + 1, "rule", "sequence")
        o["seq"] = r["seq"]
        check(not o["interrupted"] or code == "S102W", "rule", "sessionInterrupted")
        check(o["interrupted"] or code != "S102W", "rule", "sessionAbandoned")
        if code in ("C101I", "C102I", "C103I"):
            o["consent"] = code == "C101I"
        elif code in ("F100I", "F103E"):
            check(d["first"] == o["frames"] + 1 and d["last"] >= d["first"], "rule", "frameRange")
            o["frames"] = d["last"]
            if code == "F100I":
                o["hash"] = d["hash"]
                lanes = sum(d[n] for n in ("page", "cursor", "talk", "control"))
                check(lanes == d["last"] - d["first"] + 1, "rule", "frameCount")
                check(o["consent"] or d["page"] + d["cursor"] == 0, "rule", "consentMissing")
        elif code == "S110I":
            check(d["seat"] > 0 and d["seat"] not in o["seats"], "rule", "seatTaken")
            o["seats"].add(d["seat"])
        elif "seat" in d:
            check(d["seat"] in o["seats"], "rule", "seatUnknown")
            if code == "S111I":
                o["seats"].remove(d["seat"])
            if code == "F101I":
                check(d["ranges"][-1][1] <= o["frames"], "rule", "sentUnhashed")
        if code in ("S101I", "S102W"):
            check((d["frames"], d["hash"]) == (o["frames"], o["hash"]), "rule", "frameHash")
            del self.open[s]
            self.over.add(s)

    def keep(self, code, d, s):
        rec = self.recordings.get(s)
        if code == "K100I":
            check(rec is None and (s in self.open or s in self.over), "rule", "recordingUnknown")
            self.recordings[s] = dict(chunks=[], stopped=False, damaged=set(), gone=False)
        elif code in ("K101I", "K102I", "K103W"):
            check(rec and not rec["stopped"], "rule", "recordingUnknown")
            if code == "K101I":
                rec["chunks"].append((d["bytes"], d["hash"]))
                check(d["chunk"] == len(rec["chunks"]), "rule", "recordingChunk")
            if code == "K102I":
                rec["stopped"] = True
                check(d["chunks"] == len(rec["chunks"]), "rule", "recordingChunk")
        elif code == "K104W" and rec:
            rec["damaged"].add(d["chunk"])
        elif code in ("X103W", "X104I"):
            check(s not in self.held, "rule", "holdBroken")
            if rec:
                rec["gone"] = True
        elif code == "X105I":
            self.held.add(s)
        elif code == "X106I":
            self.held.discard(s)


class Tree:
    """Peaks, and every perfect subtree's hash by (level, index): a test's logs are small."""

    def __init__(self):
        self.size, self.nodes = 0, {}

    def append(self, leaf):
        level, index = 0, self.size
        self.nodes[0, index] = leaf
        while index & 1:
            leaf = sha(b"\1" + self.nodes[level, index - 1] + leaf)
            level, index = level + 1, index >> 1
            self.nodes[level, index] = leaf
        self.size += 1

    def peaks(self):
        out, start = [], 0
        for level in reversed(range(self.size.bit_length())):
            if self.size >> level & 1:
                out.append(self.nodes[level, start >> level])
                start += 1 << level
        return out

    def root(self):
        peaks = self.peaks()
        if not peaks:
            return sha(b"")
        root = peaks.pop()
        while peaks:
            root = sha(b"\1" + peaks.pop() + root)
        return root


def note(text, key, place):
    """(size, root) of a signed checkpoint."""
    check(len(text.encode()) <= 4096, place, "too long")
    lines = text.split("\n")
    good = len(lines) >= 6 and lines[-1] == "" and lines[3] == "" and 5 <= len(lines) - 1 <= 20
    check(good and re.match(r"(0|[1-9]\d{0,18})\Z", lines[1], re.ASCII), place, "not a checkpoint")
    root, signed = unb64(lines[2], place), 0
    check(re.match(r"[^\s+]{1,128}\Z", lines[0]) and len(root) == 32, place, "origin or root")
    for line in lines[4:-1]:
        m = re.match("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)\\Z", line)
        check(m, place, "not a signature's line")
        raw = unb64(m[2], place)
        check(len(raw) > 4, place, "a signature that is too short")
        if key and (m[1], raw[:4].hex()) == key[:2]:
            try:
                key[2].verify(raw[4:], "".join(l + "\n" for l in lines[:3]).encode())
            except InvalidSignature:
                raise Bad(f"{place}: the signature is not this key's")
            signed += 1
    check(not key or signed and lines[0] == key[0], place, "not signed by this key")
    return int(lines[1]), root


def path_leads(leaf, index, size, path, root):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = sha(b"\1" + p + r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\1" + r + p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def proof(data, key, place):
    """(index, record, size, root) of a proof that holds."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad(f"{place}: not text")
    m = re.match(r"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex (0|[1-9][0-9]{0,18})\n((?:\S+\n)*)\n", text)
    check(m, place, "not a proof with its record")
    size, root = note(text[m.end() :], key, place)
    line, index = unb64(m[1], place), int(m[2])
    path = [unb64(p, place) for p in m[3].split("\n")[:-1]]
    holds = all(len(p) == 32 for p in path) and path_leads(sha(b"\0" + line), index, size, path, root)
    check(holds, place, "the path does not lead to the root")
    return index, line, size, root


def tile_name(kind, n, width):
    groups = ["%03d" % (n % 1000)]
    while n >= 1000:
        n //= 1000
        groups.insert(0, "x%03d" % (n % 1000))
    return f"tile/{kind}/" + "/".join(groups) + (f".p/{width}" if width < 256 else "")


def walk(root, folder):
    for base, _, files in os.walk(f"{root}/{folder}"):
        for f in files:
            yield os.path.relpath(os.path.join(base, f), root)


def tiles(root, tree, entries, sizes):
    """Every file in tile/ is what the records give, and what trees of these sizes need is there."""
    there = set(walk(root, "tile"))
    for size in sizes:
        level, count = 0, size
        while count:
            for kind in [level, "entries"] if level == 0 else [level]:
                need = {tile_name(kind, n, 256) for n in range(count >> 8)}
                need |= {tile_name(kind, count >> 8, count & 255)} if count & 255 else set()
                for name in sorted(need - there):
                    raise Bad(f"{name}: is missing")
            level, count = level + 1, count >> 8
    for name in sorted(there):
        m = re.match(r"tile/(\d|entries)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?\Z", name, re.ASCII)
        check(m and m[1] not in "89", name, "is no tile's name")
        n, width = int(re.sub("[x/]", "", m[2])), int(m[3] or 256)
        check(tile_name(m[1], n, width) == name and 1 <= width <= 256, name, "is no tile's name")
        if m[1] == "entries":
            part = entries[n * 256 : n * 256 + width]
            want = b"".join(struct.pack(">H", len(e)) + e for e in part)
        else:
            part = [tree.nodes.get((8 * int(m[1]), n * 256 + i)) for i in range(width)]
            want = b"".join(p for p in part if p)
        check(len(part) == width and None not in part, name, "reaches beyond the log")
        check(read(f"{root}/{name}", 256 * 16386) == want, name, "is not what the records give")


def state_text(size, segments, tree, last, rules):
    lines = ["alongside-state v1", f"entries {size}"] + [f"segment {n} {e}" for n, e in segments]
    lines += [f"last {b64(last)}", f"root {b64(tree.root())}"] + [f"peak {b64(p)}" for p in tree.peaks()]
    for s, o in sorted(rules.open.items()):
        site = quoted(o["site"]) if o["site"] is not None else "-"
        lines.append(f"session {s} {o['seq']} {o['frames']} {o['hash']} {site}")
    body = "".join(l + "\n" for l in lines).encode()
    return body + f"sha256 {hashlib.sha256(body).hexdigest()}\n".encode()


def verify(root, key=None, checkpoints=(), receipts=()):
    """How many records the log has; raises Bad with a name below the log's directory and what is wrong there."""
    try:
        return whole(root, key, checkpoints, receipts)
    except Bad as e:
        raise Bad(str(e).replace(f"{root}/", "")) from None


def whole(root, key, checkpoints, receipts):
    for name in sorted(os.listdir(root)):
        check(name in NAMES or name.startswith("index.sqlite"), name, "has no place in a log")
    roots, proofs, sizes, state, covered = [], [], [], None, 0
    if os.path.exists(f"{root}/checkpoint"):
        try:
            covered, head = note(read(f"{root}/checkpoint", 4096).decode("utf-8"), key, "checkpoint")
        except UnicodeDecodeError:
            raise Bad("checkpoint: not text")
        roots.append(("checkpoint", covered, head))
        sizes.append(covered)
    else:
        check(not key, "checkpoint", "is missing, and the log has a key")
    if os.path.exists(f"{root}/state"):
        state = read(f"{root}/state", 33554432)
        m = re.match(rb"alongside-state v1\nentries ([1-9][0-9]{0,18})\n", state)
        check(m and int(m[1]) >= covered, "state", "is not whole, or older than the checkpoint")
        sizes.append(int(m[1]))
    else:
        check(not sizes, "state", "is missing, and there is a checkpoint")
    for file in checkpoints:
        roots.append((file,) + note(read(file, 4096).decode("utf-8"), key, file))
    for file in list(receipts) + [f"{root}/{n}" for n in sorted(walk(root, "receipts"))]:
        name = os.path.relpath(file, root)
        index, line, size, head = proof(read(file, 32768), key, name)
        if file not in receipts:
            m, r = re.match(r"receipts/([^/]+)\.tlog-proof\Z", name), record(line)
            good = m and r.get("session") == m[1] and r["code"] in ("S101I", "S102W")
            check(good, name, "is not of its session's end")
        proofs.append((name, index, line))
        roots.append((name, size, head))
    tree, rules, entries, segments = Tree(), Rules(), [], {}
    at_size = {}
    for name, size, head in roots:
        at_size.setdefault(size, []).append((name, head))
    for segment, end, line in records(root):
        try:
            rules.read(record(line))
        except Bad as e:
            raise Bad(f"{segment}, entry {tree.size}: {e}")
        tree.append(sha(b"\0" + line))
        entries.append(line)
        segments[segment[4:]] = end
        for name, head in at_size.pop(tree.size, []):
            check(head == tree.root(), name, f"the first {tree.size} entries do not have its root")
        if state and int(m_entries(state)) == tree.size:
            want = state_text(tree.size, segments.items(), tree, sha(b"\0" + line), rules)
            check(state == want, "state", f"is not that of the first {tree.size} entries")
    for name, head in at_size.pop(0, []):
        check(head == sha(b""), name, "the root of nothing is another")
    for size, there in sorted(at_size.items()):
        raise Bad(f"{there[0][0]}: covers {size} entries and the log has {tree.size}: cut off or rewound")
    check(not state or int(m_entries(state)) <= tree.size, "state", "covers more than there is")
    for name, index, line in proofs:
        check(index < tree.size and entries[index] == line, name, f"entry {index} is another record")
    tiles(root, tree, entries, sizes)
    recordings(root, rules)
    return tree.size


def m_entries(state):
    return re.match(rb"alongside-state v1\nentries (\d+)\n", state)[1]


def recordings(root, rules):
    there = set(walk(root, "rec"))
    for s, rec in rules.recordings.items():
        for n, (size, digest) in enumerate(rec["chunks"], 1):
            name = f"rec/{s}/{n}.age"
            if rec["gone"] or n in rec["damaged"]:
                continue
            check(name in there, name, "is missing")
            data = read(f"{root}/{name}", size + 1)
            check(len(data) == size and sha(data).hex() == digest, name, "is not what the records say")
            there.remove(name)
        if not rec["stopped"] and not rec["gone"]:
            there = {n for n in there if not n.startswith(f"rec/{s}/")}
    for name in sorted(there):
        raise Bad(f"{name}: is in no record")


def verifier_key(text):
    name, ident, key = text.split("+", 2)
    raw = unb64(key, "key")
    good = len(raw) == 33 and raw[0] == 1 and sha(name.encode() + b"\n" + raw)[:4].hex() == ident
    check(good, "key", "not a verifier key")
    return name, ident, Ed25519PublicKey.from_public_bytes(raw[1:])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("directory", nargs="?")
    p.add_argument("--key")
    p.add_argument("--checkpoint", action="append", default=[])
    p.add_argument("--receipt", action="append", default=[])
    p.add_argument("--loop")
    args = p.parse_args()
    key = verifier_key(args.loop or args.key) if args.loop or args.key else None
    asked = (line.rstrip("\n") for line in sys.stdin) if args.loop else [args.directory]
    status = 0
    for directory in asked:
        try:
            print("ok", verify(directory, key, args.checkpoint, args.receipt), flush=True)
        except (Bad, OSError) as e:
            print("bad", str(e).replace("\n", " "), flush=True)
            status = 1
    return 0 if args.loop else status


if __name__ == "__main__":
    sys.exit(main())
