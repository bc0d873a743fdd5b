#!/usr/bin/env python3
"""Writes the limits in alongsided.toml(5) from the example configuration, which a test holds against the program.

usage: systemd/man/limits.py [--check]     --check: says whether the page is up to date, and leaves it
"""

import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
PAGE, EXAMPLE = FOLDER / "alongsided.toml.5", FOLDER.parent / "alongsided.toml"
BEGIN, END = '.\\" Limits: ', '.\\" End of limits.'
LIMIT = re.compile(r"((?:^# .*\n)+)^# (\w+) = ([\d_]+)$", re.MULTILINE)


def limits():
    """(key, default, words) of each limit in the example's order; the words end with the bounds."""
    text = EXAMPLE.read_text()
    for comment, key, value in LIMIT.findall(text[text.index("\n[limits]\n") : text.index("\n[[site]]\n")]):
        words = " ".join(line[2:] for line in comment.splitlines())
        yield key, value.replace("_", ""), words.replace("_", "")


def rendered():
    lines = [".Bl -tag -width Ds"]
    for key, value, words in limits():
        # One sentence a line, as roff likes it.
        lines += [f".It Cm {key} No = {value}", *re.sub(r"(?<=[a-z0-9)])\. ", ".\n", words).split("\n")]
    return "\n".join([*lines, ".El"])


def main():
    text = PAGE.read_text()
    begin, end = text.index("\n", text.index(BEGIN)) + 1, text.index(END)
    fresh = text[:begin] + rendered() + "\n" + text[end:]
    if "--check" in sys.argv:
        return fresh != text and f"{PAGE.name} is stale: run systemd/man/limits.py"
    PAGE.write_text(fresh)


if __name__ == "__main__":
    sys.exit(main())
