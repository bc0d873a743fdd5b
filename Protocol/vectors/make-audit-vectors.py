#!/usr/bin/env python3
"""Writes the audit-*.json vectors beside it, from Protocol/audit-log.md alone and with the standard library only."""

import hashlib, hmac, json, os, struct

HERE = os.path.dirname(os.path.abspath(__file__))
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
BOOT = "00112233445566778899aabbccddeeff"
FIRST = 1 << 63


def write(name, value):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=True, indent=1)
        f.write("\n")


def base32(b):
    n = int.from_bytes(b, "big")
    return "".join(ALPHABET[n >> s & 31] for s in range(125, -1, -5))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def frame_hashes(session, frames):
    h = hashlib.sha256(b"alongside frame hash v1\0" + session).digest()
    out = [h.hex()]
    for f in frames:
        h = hashlib.sha256(h + f).digest()
        out.append(h.hex())
    return out


def pseudonym(key, kind, ident):
    mac = hmac.new(key, b"alongside pseudonym v1\0" + kind.encode() + b"\0" + ident, hashlib.sha256).digest()
    return "p:" + base32(mac[:16])


def seg_frame(index, record, first):
    place = struct.pack("<Q", index | (FIRST if first else 0))
    return struct.pack("<II", len(record), crc32c(place + record)) + place + record


def line(code, event, data, seq=None, site=None, session=None, actor='{"role":"relay"}', t=0, mono=None):
    out = '{"v":1,"t":"2026-11-22T02:20:%02d.%06dZ","mono":%d,"boot":"%s"' % (
        t // 1000000,
        t % 1000000,
        mono if mono is not None else 5000000 + t,
        BOOT,
    )
    if seq is not None:
        out += ',"seq":%d' % seq
    if site is not None:
        out += ',"site":"%s"' % site
    if session is not None:
        out += ',"session":"%s"' % session
    return out + ',"code":"%s","event":"%s","actor":%s,"data":%s}' % (code, event, actor, data)


SESSION_BYTES = bytes(range(16))
S = base32(SESSION_BYTES)
P = pseudonym(bytes(range(32)), "shopper", b"shopper 7")
SHOPPER = '{"role":"shopper","id":"%s"}' % P
REP = '{"role":"rep","id":"mari","key":"SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}'
FRAMES = [b"\x01\x10" + b"\0" * 22 + b"key", b"\x01\x20" + b"\0" * 22 + b"[1,2]", b"\x01\x11" + b"\0" * 22 + b"delta"]
H = frame_hashes(SESSION_BYTES, FRAMES)
CONSENT = '{"text":"view-1","language":"en-GB","scope":["view"]}'


def hashed(first, last, h, lanes, size):
    return '{"first":%d,"last":%d,"hash":"%s","bytes":%d,"page":%d,"cursor":%d,"talk":%d,"control":%d}' % (
        (first, last, h, size) + tuple(lanes)
    )


def story():
    """A whole small log as (code, event, data, session?, actor)."""
    r = '{"role":"relay"}'
    return [
        ("L100I", "log.opened", '{"format":1,"program":"alongsided 0.1"}', False, r),
        ("D100I", "daemon.started", '{"program":"alongsided 0.1","config":"%s"}' % ("ab" * 32), False, r),
        ("A100I", "login.accepted", '{"method":"sshsig"}', False, REP),
        ("S100I", "session.opened", '{"origin":"https://shop.example","path":"/basket"}', True, SHOPPER),
        ("C101I", "consent.given", CONSENT, True, SHOPPER),
        ("Q103I", "ticket.queued", '{"ticket":1,"reason":"refused-form","priority":0}', True, r),
        ("Q104I", "ticket.accepted", '{"ticket":1}', True, REP),
        ("S110I", "seat.joined", '{"seat":1,"rights":["view"]}', True, REP),
        ("F100I", "frames.hashed", hashed(1, 3, H[3], (2, 1, 0, 0), sum(map(len, FRAMES))), True, r),
        ("F101I", "seat.sent", '{"seat":1,"ranges":[[1,1],[3,3]]}', True, r),
        ("S111I", "seat.left", '{"seat":1,"why":"rep"}', True, REP),
        ("S101I", "session.ended", '{"why":"shopper","frames":3,"hash":"%s"}' % H[3], True, r),
        ("D101I", "daemon.stopping", '{"why":"signal"}', False, r),
        ("L102I", "log.closed", "{}", False, r),
    ]


def lines(items):
    out, seq = [], 0
    for i, (code, event, data, in_session, actor) in enumerate(items):
        if in_session:
            seq += 1
        out.append(
            line(
                code,
                event,
                data,
                seq if in_session else None,
                "shop-1" if in_session else None,
                S if in_session else None,
                actor,
                t=i * 1000,
            )
        )
    return out


def joined(lanes):
    return ("S110I", "seat.joined", '{"seat":1,"rights":["view"],"without":%s}' % lanes, True, REP)


def swap(items, at, new):
    return items[:at] + new + items[at + 1 :]


LINES = lines(story())
GOOD = LINES[3]

records = {
    "good": LINES
    + [
        GOOD.replace("/basket", '/a\\u001b]0;x\\u0007\\u009b\\u2028\\"\\\\\u00e4\u20ac\U0001f600'),
        GOOD.replace('"/basket"}', '"/basket","continues":"%s"}' % S),
        GOOD[:-1] + ',"enc":{"k":"dek-1","n":"bm9uY2U","c":"Y2lwaGVy"}}',
        LINES[7].replace('"rights":["view"]', '"rights":["view"],"without":["cursor"]'),
        line(
            "F101I",
            "seat.sent",
            '{"seat":2,"ranges":[%s]}' % ",".join("[%d,%d]" % (i * 9 + 1, i * 9 + 5) for i in range(256)),
            seq=9,
            session=S,
        ),
    ],
    "bad": [
        {"line": l, "reason": r, "why": w}
        for l, r, w in [
            ("", "length", "empty"),
            ("x" * 16385, "length", "one byte beyond the limit"),
            (GOOD[:-1], "shape", "the last brace is missing"),
            (GOOD + " ", "shape", "white space after the record"),
            (GOOD + "\n", "shape", "a line feed after the record"),
            (GOOD.replace('"v":1', '"v":2'), "version", "another version"),
            (GOOD.replace('"v":1,', ""), "shape", "no version"),
            (GOOD.replace('"v":1,', '"v":1, '), "shape", "white space"),
            (GOOD.replace("T02:20", "t02:20"), "value", "lower-case t"),
            (GOOD.replace(".003000Z", ".003Z"), "value", "three digits of a second"),
            (GOOD.replace("2026-11-22", "2026-02-30"), "value", "a day that does not exist"),
            (GOOD.replace("2026-11-22", "1969-11-22"), "value", "before 1970"),
            (GOOD.replace('"mono":5003000', '"mono":05003000'), "integer", "a leading zero"),
            (GOOD.replace('"mono":5003000', '"mono":-1'), "integer", "a sign"),
            (GOOD.replace('"mono":5003000', '"mono":9007199254740992'), "integer", "2^53"),
            (GOOD.replace('"mono":5003000', '"mono":1e3'), "shape", "an exponent"),
            (GOOD.replace(BOOT, BOOT.upper()), "value", "upper-case boot"),
            (GOOD.replace(S, "8" + S[1:]), "value", "more than 128 bits"),
            (GOOD.replace(S, S.upper()), "value", "upper-case session"),
            (GOOD.replace('"seq":1', '"seq":0'), "scope", "sequence 0"),
            (GOOD.replace('"seq":1,', ""), "scope", "a session without a sequence"),
            (GOOD.replace(',"session":"%s"' % S, ""), "scope", "a sequence without a session"),
            (
                LINES[1].replace('"code"', '"seq":1,"session":"%s","code"' % S),
                "scope",
                "a daemon's record in a session",
            ),
            (
                LINES[7].replace('"rights":["view"]', '"without":["cursor"],"rights":["view"]'),
                "shape",
                "a seat's lanes before its rights",
            ),
            (GOOD.replace("S100I", "S100W"), "code", "another severity"),
            (GOOD.replace("S100I", "Z999I"), "code", "an unknown code"),
            (GOOD.replace("session.opened", "session.ended"), "event", "the event of another code"),
            (GOOD.replace('"role":"shopper"', '"role":"agent"'), "actor", "an unknown role"),
            (GOOD.replace(P, "mari"), "actor", "a shopper in clear"),
            (GOOD.replace(SHOPPER, '{"role":"rep"}'), "actor", "a rep without a principal"),
            (GOOD.replace(SHOPPER, '{"role":"relay","id":"x"}'), "actor", "the relay with an id"),
            (GOOD.replace("/basket", "/basket?q=1"), "value", "a query"),
            (GOOD.replace("/basket", "/basket#x"), "value", "a fragment"),
            (GOOD.replace("/basket", ""), "value", "an empty path"),
            (GOOD.replace("/basket", "/" + "x" * 1024), "value", "a path one byte too long"),
            (GOOD.replace("/basket", "/\\u0041"), "string", "an escape that is not needed"),
            (GOOD.replace("/basket", "/\\n"), "string", "a short escape"),
            (GOOD.replace("/basket", "/\\u001B"), "string", "upper-case digits in an escape"),
            (GOOD.replace("/basket", "/\u0007"), "string", "a raw control"),
            (GOOD.replace("/basket", "/\u2028"), "string", "a raw line separator"),
            (GOOD.replace("/basket", "/\\ud83d\\ude00"), "string", "surrogates"),
            (GOOD.replace('"origin"', '"path"', 1), "shape", "members in another order"),
            (GOOD.replace('"/basket"}', '"/basket","more":1}'), "shape", "an unknown member"),
            (LINES[7].replace('["view"]', '["vi ew"]'), "value", "a word with a space"),
            (LINES[7].replace('["view"]', '["view",]'), "shape", "a trailing comma"),
            (LINES[7].replace('["view"]', "[%s]" % ",".join(['"a"'] * 17)), "value", "17 words"),
            (LINES[8].replace(H[3], H[3][:-1]), "value", "a short digest"),
            (LINES[8].replace(H[3], H[3].upper()), "value", "an upper-case digest"),
            (LINES[9].replace("[[1,1],[3,3]]", "[[1,1],[2,3]]"), "value", "ranges that touch"),
            (LINES[9].replace("[[1,1],[3,3]]", "[[3,3],[1,1]]"), "value", "ranges that descend"),
            (LINES[9].replace("[[1,1],[3,3]]", "[[0,1]]"), "value", "frame 0"),
            (LINES[9].replace("[[1,1],[3,3]]", "[[3,2]]"), "value", "a range that ends before it begins"),
            (LINES[9].replace("[[1,1],[3,3]]", "[]"), "shape", "no ranges"),
            (LINES[13].replace('"data":{}', '"data":{"x":1}'), "shape", "data where there is none"),
            (GOOD[:-1] + ',"enc":{}}', "shape", "an empty sealed part"),
        ]
    ],
}

st = story()
opened_again = ("L100I", "log.opened", '{"format":1,"program":"alongsided 0.1"}', False, '{"role":"relay"}')
abandoned = ("S102W", "session.abandoned", '{"frames":3,"hash":"%s"}' % H[3], True, '{"role":"relay"}')
H0 = H[0]
talk_first = ("F100I", "frames.hashed", hashed(1, 1, H[1], (0, 0, 1, 0), 9), True, '{"role":"relay"}')
kept = '{"session":"%s"' % S
recording = ("K100I", "recording.started", kept + ',"recipients":["%s"]}' % ("cd" * 32), False, '{"role":"relay"}')


def chunk(n):
    data = kept + ',"chunk":%d,"first":%d,"last":%d,"bytes":300,"hash":"%s"}' % (n, 2 * n - 1, 2 * n, "ef" * 32)
    return ("K101I", "recording.chunk", data, False, '{"role":"relay"}')


def stopped(n):
    return ("K102I", "recording.stopped", kept + ',"why":"ended","chunks":%d}' % n, False, '{"role":"relay"}')


AUDITOR = '{"role":"auditor","id":"kai"}'
held = ("X105I", "hold.placed", kept + ',"reason":"case 7"}', False, AUDITOR)
lifted = ("X106I", "hold.lifted", kept + ',"reason":"case 7"}', False, AUDITOR)
erased = ("X103W", "session.erased", kept + ',"reason":"asked","files":2,"bytes":600}', False, AUDITOR)
logs = {
    "good": [
        {"why": "a whole session", "lines": lines(st), "sessions": 1, "open": 0, "closed": True},
        {
            "why": "recorded, held, then erased",
            "lines": lines(st[:5] + [recording, chunk(1)] + st[5:12] + [chunk(2), stopped(2), held, lifted, erased]),
            "sessions": 1,
            "open": 0,
            "closed": False,
        },
        {
            "why": "a crash, then abandoned at the next opening",
            "lines": lines(st[:10] + [opened_again, abandoned]),
            "sessions": 1,
            "open": 0,
            "closed": False,
        },
        {"why": "still open", "lines": lines(st[:10]), "sessions": 1, "open": 1, "closed": False},
        {
            "why": "frames lost, said, then hashed on",
            "sessions": 1,
            "open": 1,
            "closed": False,
            "lines": lines(
                st[:8]
                + [
                    ("F103E", "frames.lost", '{"first":1,"last":4}', True, '{"role":"relay"}'),
                    ("F100I", "frames.hashed", hashed(5, 5, H[1], (1, 0, 0, 0), 9), True, '{"role":"relay"}'),
                ]
            ),
        },
        {
            "why": "talk frames before consent",
            "lines": lines(st[:4] + [talk_first]),
            "sessions": 1,
            "open": 1,
            "closed": False,
        },
    ],
    "bad": [
        dict(lines=l, index=i, rule=r)
        for l, i, r in [
            (lines(st)[1:], 0, "start"),
            (lines(st + [st[12]]), 14, "start"),
            (swap(LINES, 5, [LINES[5].replace(BOOT, "f" * 32)]), 5, "boot"),
            (swap(LINES, 5, [LINES[5].replace('"mono":5005000', '"mono":5000000')]), 5, "clock"),
            (LINES[:5] + LINES[6:], 5, "sequence"),
            (LINES[:5] + [LINES[6], LINES[5]] + LINES[7:], 5, "sequence"),
            (LINES[:6] + [LINES[5]], 6, "sequence"),
            (lines(st[:3] + st[4:]), 3, "sessionUnknown"),
            (lines(st[:5] + [st[3]]), 5, "sessionReopened"),
            (lines(st[:12] + [st[4]]), 12, "sessionOver"),
            (lines(st[:10] + [opened_again, st[10]]), 11, "sessionInterrupted"),
            (lines(st[:10] + [abandoned]), 10, "sessionAbandoned"),
            (lines(st[:4] + st[5:]), 7, "consentMissing"),
            (lines(st[:8] + [("C103I", "consent.withdrawn", CONSENT, True, SHOPPER)] + st[8:]), 9, "consentMissing"),
            (
                lines(
                    swap(
                        st,
                        8,
                        [("F100I", "frames.hashed", hashed(2, 3, H[3], (1, 1, 0, 0), 9), True, '{"role":"relay"}')],
                    )
                ),
                8,
                "frameRange",
            ),
            (
                lines(
                    swap(
                        st,
                        8,
                        [("F100I", "frames.hashed", hashed(1, 3, H[3], (1, 1, 0, 0), 9), True, '{"role":"relay"}')],
                    )
                ),
                8,
                "frameCount",
            ),
            (
                lines(
                    swap(
                        st,
                        11,
                        [
                            (
                                "S101I",
                                "session.ended",
                                '{"why":"shopper","frames":3,"hash":"%s"}' % H0,
                                True,
                                '{"role":"relay"}',
                            )
                        ],
                    )
                ),
                11,
                "frameHash",
            ),
            (
                lines(
                    swap(
                        st,
                        11,
                        [
                            (
                                "S101I",
                                "session.ended",
                                '{"why":"shopper","frames":2,"hash":"%s"}' % H[3],
                                True,
                                '{"role":"relay"}',
                            )
                        ],
                    )
                ),
                11,
                "frameHash",
            ),
            (lines(st[:8] + [st[7]]), 8, "seatTaken"),
            (lines(swap(st, 7, [joined('["page"]')])), 7, "seatLanes"),
            (lines(swap(st, 7, [joined('["cursor","page"]')])), 7, "seatLanes"),
            (lines(swap(st, 7, [joined("[]")])), 7, "seatLanes"),
            (lines(st[:7] + st[8:]), 8, "seatUnknown"),
            (lines(st[:11] + [st[9]]), 11, "seatUnknown"),
            (lines(st[:8] + [st[9]]), 8, "sentUnhashed"),
            (lines(st[:4] + [chunk(1)]), 4, "recordingUnknown"),
            (lines(st[:3] + [recording]), 3, "recordingUnknown"),
            (lines(st[:4] + [recording, recording]), 5, "recordingUnknown"),
            (lines(st[:4] + [recording, stopped(0), chunk(1)]), 6, "recordingUnknown"),
            (lines(st[:4] + [recording, chunk(2)]), 5, "recordingChunk"),
            (lines(st[:4] + [recording, chunk(1), stopped(2)]), 6, "recordingChunk"),
            (lines(st[:12] + [held, erased]), 13, "holdBroken"),
        ]
    ],
}


def segment(writes, start=0):
    out, index = b"", start
    for records_of_write in writes:
        for i, r in enumerate(records_of_write):
            out += seg_frame(index, r.encode(), i == 0)
            index += 1
    return out


W = [["one"], ["two", "three"], ["four", "five"]]
whole = segment(W)
offs = [0]
for w in W:
    for r in w:
        offs.append(offs[-1] + 16 + len(r))


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


Z = b"\0" * 40
segments = [
    dict(why=w, hex=b.hex(), first=f, last=l, records=n, end=e, ending=k, fault=x, bytes=c)
    for w, b, f, l, n, e, k, x, c in [
        ("empty", b"", 0, True, 0, 0, "whole", None, 0),
        ("only preallocated zeros", Z, 7, True, 0, 0, "whole", None, 0),
        ("whole", whole, 0, True, 5, len(whole), "whole", None, 0),
        ("whole, with preallocated zeros", whole + Z, 0, True, 5, len(whole), "whole", None, 0),
        ("whole and finished", whole, 0, False, 5, len(whole), "whole", None, 0),
        ("finished, but zeros follow", whole + Z, 0, False, 5, len(whole), "damaged", "trailing", 0),
        ("the last record is cut", whole[:-1], 0, True, 4, offs[4], "torn", "cut", len(whole) - 1 - offs[4]),
        ("the last header is cut", whole[: offs[4] + 9], 0, True, 4, offs[4], "torn", "header", 9),
        ("the same in a finished segment", whole[: offs[4] + 9], 0, False, 4, offs[4], "damaged", "header", 0),
        (
            "a bit of the last write is wrong",
            flip(whole, offs[3] + 17),
            0,
            True,
            3,
            offs[3],
            "torn",
            "checksum",
            len(whole) - offs[3],
        ),
        (
            "a bit of an earlier write is wrong",
            flip(whole, offs[1] + 17),
            0,
            True,
            1,
            offs[1],
            "damaged",
            "checksum",
            0,
        ),
        (
            "the first page of the last write is missing",
            whole[: offs[3]] + b"\0" * 21 + whole[offs[4] + 1 :],
            0,
            True,
            3,
            offs[3],
            "torn",
            "length",
            len(whole) - offs[3],
        ),
        (
            "a length beyond the limit",
            struct.pack("<I", 16385) + whole[4 : offs[1]],
            0,
            True,
            0,
            0,
            "torn",
            "length",
            offs[1],
        ),
        ("a record twice", whole[: offs[1]] + whole[: offs[1]], 0, True, 1, offs[1], "torn", "index", offs[1]),
        (
            "a record left out, with later writes",
            whole[: offs[1]] + whole[offs[2] :],
            0,
            True,
            1,
            offs[1],
            "damaged",
            "index",
            0,
        ),
        ("another first index", whole, 1, True, 0, 0, "damaged", "index", 0),
        (
            "more behind the fault than one write can leave",
            flip(whole, len(whole) - 1) + b"\0" * 65536 + b"\1",
            0,
            True,
            4,
            offs[4],
            "damaged",
            "checksum",
            0,
        ),
    ]
]

write("audit-records.json", records)
write("audit-logs.json", logs)
write("audit-segments.json", segments)
write(
    "audit-values.json",
    {
        "crc32c": [
            {"hex": "313233343536373839", "crc": crc32c(b"123456789")},
            {"hex": "00" * 32, "crc": crc32c(b"\0" * 32)},
        ],
        "sessions": [
            {"hex": b.hex(), "text": base32(b)} for b in (SESSION_BYTES, b"\0" * 16, b"\xff" * 16, bytes([7] * 16))
        ],
        "times": [
            {"wall": 0, "text": "1970-01-01T00:00:00.000000Z"},
            {"wall": 951782400000001, "text": "2000-02-29T00:00:00.000001Z"},
            {"wall": 1795314059123456, "text": "2026-11-22T02:20:59.123456Z"},
            {"wall": 253402300799999999, "text": "9999-12-31T23:59:59.999999Z"},
        ],
        "frameHashes": [{"session": SESSION_BYTES.hex(), "frames": [f.hex() for f in FRAMES], "hashes": H}],
        "pseudonyms": [
            {"key": bytes(range(32)).hex(), "kind": "shopper", "id": b"shopper 7".hex(), "text": P},
            {
                "key": bytes(range(32)).hex(),
                "kind": "address",
                "id": b"192.0.2.1".hex(),
                "text": pseudonym(bytes(range(32)), "address", b"192.0.2.1"),
            },
        ],
    },
)
