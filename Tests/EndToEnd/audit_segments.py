"""The bytes of a log: segments and the records in them (Protocol/audit-log.md, "Segments")."""

import base64
import hashlib
import os
import struct

FIRST = 1 << 63
CRC = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
    CRC.append(i)


class Bad(Exception):
    pass


def check(ok, place, why):
    if not ok:
        raise Bad(f"{place}: {why}")


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


def walk(root, folder):
    for base, _, files in os.walk(f"{root}/{folder}"):
        for f in files:
            yield os.path.relpath(os.path.join(base, f), root)


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
