"""One record: its fields, and the one spelling that it has (Protocol/audit-log.md, "Records" and "Codes")."""

import json
import os
import re

from audit_segments import check, Bad

CONTRACT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Protocol", "audit-log.md")
WORD, HEX64 = re.compile(r"[A-Za-z0-9._-]{1,64}\Z"), re.compile(r"[0-9a-f]{64}\Z")
SESSION = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}\Z")
TEXTS = {"name": 128, "origin": 267, "path": 1024, "signature": 4096}


def codes():
    row = re.compile(r"^\| ([A-Z]\d{3}[IWE]) \| `([a-z.]+)` \| ([ABC]) \| (session|log|either) \| (.*?) \| ")
    with open(CONTRACT, encoding="utf-8") as f:
        rows = [m.groups() for m in map(row.match, f) if m]
    return {c: (e, s, re.findall(r"`(\w+)`(\??) (\w+)", fields)) for c, e, _, s, fields in rows}


CODES = codes()


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
