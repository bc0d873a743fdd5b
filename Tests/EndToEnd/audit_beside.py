"""What lies beside the segments: tiles, state, recordings (Protocol/audit-log.md, "Tree", "State", "Recordings")."""

import hashlib
import re
import struct

from audit_segments import Bad, b64, check, read, sha, walk
from audit_spelling import quoted


def tile_name(kind, n, width):
    groups = ["%03d" % (n % 1000)]
    while n >= 1000:
        n //= 1000
        groups.insert(0, "x%03d" % (n % 1000))
    return f"tile/{kind}/" + "/".join(groups) + (f".p/{width}" if width < 256 else "")


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
