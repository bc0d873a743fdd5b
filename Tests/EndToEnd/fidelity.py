"""Painted words against shown words: how many, how far off, and which are false."""

from dataclasses import dataclass, field

from layout_oracle import folded, holds

COLUMN, ROW = 6.4, 15.4
# Farther off than this a word is another word.
ROWS_MAX, COLUMNS_MAX = 2, 8


@dataclass
class Figures:
    painted: int = 0
    shown: int = 0
    lost: list = field(default_factory=list)
    false: list = field(default_factory=list)
    across: list = field(default_factory=list)
    down: list = field(default_factory=list)
    settled: list = field(default_factory=list)

    def add(self, other):
        self.painted += other.painted
        self.shown += other.shown
        for name in ("lost", "false", "across", "down", "settled"):
            getattr(self, name).extend(getattr(other, name))
        return self

    @property
    def share(self):
        return self.shown / max(self.painted, 1)


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


def compare(painted, seat, panel):
    """Pairs each painted word with the nearest equal word of the seat, the nearest pairs first.

    Words under a mask or under the script's own panel may be shown or not; so may words that are cut in the page, of
    which any part may be shown.
    """
    words, hidden = seat
    hidden = [*hidden, panel]
    figures = Figures()
    pairs = []
    for number, word in enumerate(painted):
        for index, other in enumerate(words):
            across = min(abs(word.rect[0] - other.rect[0]), abs(word.rect[2] - other.rect[2]))
            down = abs(word.middle[1] - other.middle[1])
            if across > COLUMNS_MAX * COLUMN or down > ROWS_MAX * ROW:
                continue
            if is_same(word, other):
                pairs.append((across + down, number, index, across, down))
    done, used = set(), set()
    free = {number for number, word in enumerate(painted) if word.is_partial or is_in(hidden, word)}
    for _, number, index, across, down in sorted(pairs):
        if number in done or index in used:
            continue
        done.add(number)
        used.add(index)
        if number not in free:
            figures.across.append(across)
            figures.down.append(down)
    wanted = set(range(len(painted))) - free
    figures.painted, figures.shown = len(wanted), len(wanted & done)
    figures.lost = [place(word) for n, word in enumerate(painted) if n in wanted - done]
    figures.false = [place(word) for n, word in enumerate(words) if n not in used and not is_in([panel], word)]
    return figures


def is_same(word, other):
    mine, theirs = folded(word.text), folded(other.text)
    if word.is_partial or other.is_partial:
        return mine.startswith(theirs) or mine.endswith(theirs)
    return mine == theirs


def is_in(areas, word):
    return any(holds(area, word.middle) for area in areas)


def place(word):
    return word.text, tuple(map(round, word.rect))
