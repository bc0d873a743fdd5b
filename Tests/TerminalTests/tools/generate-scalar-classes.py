#!/usr/bin/env python3
"""Writes Sources/Terminal/ScalarClassTable.swift from the Unicode character database.

usage: generate-scalar-classes.py [directory of the database] > ScalarClassTable.swift

Reads UnicodeData.txt, EastAsianWidth.txt and emoji/emoji-data.txt (Debian package unicode-data). One value of five bits
stands for each scalar: bits 0-2 are the class of `ScalarClass`, bit 3 is Emoji, bit 4 is Extended_Pictographic. The
table has two stages: 4352 block numbers (two base-32 digits each), then the different blocks of 256 values (one digit
each). A digit d is the ASCII character 0x30 + d, so that the table can stand in a string literal and needs no set-up.
"""

import sys

DROPPED, COMBINING, NARROW, AMBIGUOUS, WIDE, UNASSIGNED, SPACE = range(7)
EMOJI, PICTOGRAPHIC = 8, 16
LIMIT = 0x110000


def ranges(path):
    """The (first, last, [fields]) of a UCD file of the `first..last ; field # comment` form."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            fields = [field.strip() for field in line.split("#")[0].split(";")]
            if len(fields) < 2 or not fields[0]:
                continue
            first, _, last = fields[0].partition("..")
            yield int(first, 16), int(last or first, 16), fields[1:]


def categories(path):
    """The General_Category of each scalar; unassigned ones are Cn."""
    result = ["Cn"] * LIMIT
    first = None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            fields = line.split(";")
            scalar = int(fields[0], 16)
            if fields[1].endswith("First>"):
                first = scalar
                continue
            start = scalar if first is None else first
            first = None
            for each in range(start, scalar + 1):
                result[each] = fields[2]
    return result


def classify(root):
    category = categories(root + "/UnicodeData.txt")
    east_asian = ["N"] * LIMIT
    for first, last, fields in ranges(root + "/EastAsianWidth.txt"):
        for scalar in range(first, last + 1):
            east_asian[scalar] = fields[0]

    values = [NARROW] * LIMIT
    for scalar in range(LIMIT):
        kind, width = category[scalar], east_asian[scalar]
        if kind == "Cn":
            values[scalar] = UNASSIGNED
        elif kind in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
            values[scalar] = DROPPED
        elif kind == "Zs":
            values[scalar] = WIDE if width in "WF" else SPACE
        elif kind in ("Mn", "Me", "Mc"):
            values[scalar] = COMBINING
        elif width in ("W", "F"):
            values[scalar] = WIDE
        elif width == "A":
            values[scalar] = AMBIGUOUS

    for first, last, fields in ranges(root + "/emoji/emoji-data.txt"):
        for scalar in range(first, last + 1):
            if fields[0] == "Emoji_Presentation" and values[scalar] in (NARROW, AMBIGUOUS):
                values[scalar] = WIDE
    for first, last, fields in ranges(root + "/emoji/emoji-data.txt"):
        for scalar in range(first, last + 1):
            if fields[0] == "Emoji":
                values[scalar] |= EMOJI
            elif fields[0] == "Extended_Pictographic" and values[scalar] != UNASSIGNED:
                values[scalar] |= PICTOGRAPHIC

    set_by_hand(values)
    return values


def set_by_hand(values):
    """What the database does not say in those words; each line is a rule of the cell encoder."""

    def assign(first, last, value):
        for scalar in range(first, last + 1):
            values[scalar] = value

    assign(0x1160, 0x11FF, COMBINING)  # Hangul vowels and finals join the syllable before them
    assign(0xD7B0, 0xD7FB, COMBINING)
    assign(0x09, 0x0D, SPACE)  # line breaks and tabs part words, so they become a blank
    assign(0x85, 0x85, SPACE)
    assign(0x2028, 0x2029, SPACE)
    assign(0x115F, 0x1160, DROPPED)  # fillers: invisible, yet letters
    assign(0x3164, 0x3164, DROPPED)
    assign(0xFFA0, 0xFFA0, DROPPED)
    assign(0x17B4, 0x17B5, DROPPED)
    assign(0x180B, 0x180F, DROPPED)  # Mongolian selectors
    assign(0x034F, 0x034F, DROPPED)  # combining grapheme joiner
    assign(0x2800, 0x2800, SPACE)  # empty braille cell
    assign(0xFE00, 0xFE0E, DROPPED)  # variation selectors but VS16
    assign(0xFE0F, 0xFE0F, COMBINING)
    assign(0x200D, 0x200D, COMBINING)  # ZWJ: kept only between pictographs
    assign(0xE0000, 0xE0FFF, DROPPED)  # tags and variation selectors
    for plane in range(17):
        assign(plane * 0x10000 + 0xFFFE, plane * 0x10000 + 0xFFFF, DROPPED)
    assign(0xFDD0, 0xFDEF, DROPPED)


def literal(name, comment, digits):
    print(f"    /// {comment}")
    print(f'    static let {name}: StaticString = """')
    for start in range(0, len(digits), 110):
        end = start + 110
        print(f"        {digits[start:end]}" + ("\\" if end < len(digits) else ""))
    print('        """')


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
    values = classify(root)
    blocks, numbers = [], []
    known = {}
    for start in range(0, LIMIT, 256):
        block = tuple(values[start : start + 256])
        if block not in known:
            known[block] = len(blocks)
            blocks.append(block)
        numbers.append(known[block])
    assert len(blocks) < 1024

    def digit(value):
        return chr(0x30 + value)

    print("/// Classes of all Unicode scalars in two stages, as digits in string literals.")
    print("///")
    with open(root + "/EastAsianWidth.txt", encoding="utf-8") as lines:
        version = lines.readline().strip("# \n").removeprefix("EastAsianWidth-").removesuffix(".txt")
    print(
        "/// Generated by `Tests/TerminalTests/tools/generate-scalar-classes.py` "
        "from Debian's `unicode-data`; do not edit."
    )
    print(f"/// Unicode {version}.")
    print("/// The script's first lines say how to read it.")
    print("enum ScalarClassTable {")
    literal(
        "blockNumbers",
        "Two digits for each block of 256 scalars: its place in `blocks`.",
        "".join(digit(n // 32) + digit(n % 32) for n in numbers),
    )
    print()
    literal(
        "blocks",
        "One digit for each scalar of each different block.",
        "".join(digit(value) for block in blocks for value in block),
    )
    print("}")


main()
