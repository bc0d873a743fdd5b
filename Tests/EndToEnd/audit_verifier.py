#!/usr/bin/env python3
"""A second verifier, written from Protocol/audit-log.md alone: the table of codes is read from that file.

audit_verifier.py DIR [--key VKEY] [--checkpoint FILE]... [--receipt FILE]...   exit 0 whole, 1 damaged

Here: the tree, signed checkpoints, proofs, and what is held against what. The bytes of segments, the spelling of
records, the rules between them and the files beside them: audit_segments, audit_spelling, audit_rules, audit_beside.
"""

import argparse
import os
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit_beside import recordings, state_text, tile_name, tiles
from audit_rules import Rules
from audit_segments import Bad, FIRST, b64, check, crc32c, read, records, sha, unb64, walk
from audit_spelling import CODES, record

NAMES = "wal tile checkpoint state receipts rec quarantine keys inbox reserve tmp".split()


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


def m_entries(state):
    return re.match(rb"alongside-state v1\nentries (\d+)\n", state)[1]


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


def verify(root, key=None, checkpoints=(), receipts=()):
    """How many records the log has; raises Bad with a name below the log's directory and what is wrong there."""
    try:
        return whole(root, key, checkpoints, receipts)
    except Bad as e:
        raise Bad(str(e).replace(f"{root}/", "")) from None


def verifier_key(text):
    name, ident, key = text.split("+", 2)
    raw = unb64(key, "key")
    good = len(raw) == 33 and raw[0] == 1 and sha(name.encode() + b"\n" + raw)[:4].hex() == ident
    check(good, "key", "not a verifier key")
    return name, ident, Ed25519PublicKey.from_public_bytes(raw[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory")
    parser.add_argument("--key")
    parser.add_argument("--checkpoint", action="append", default=[])
    parser.add_argument("--receipt", action="append", default=[])
    given = parser.parse_args()
    key = verifier_key(given.key) if given.key else None
    try:
        print("ok", verify(given.directory, key, given.checkpoint, given.receipt))
    except (Bad, OSError) as error:
        print("bad", str(error).replace("\n", " "))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
