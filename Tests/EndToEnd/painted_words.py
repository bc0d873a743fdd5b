"""Which words a browser paints, where, and whether they stand on the rep's screen.

Two accounts of what is painted, neither of which shares a line with the script's capture: Chromium's layout tree
through its debugging protocol (text boxes, pseudo elements, list markers and placeholders included), and, for any
browser, the rectangles of ranges over the text nodes. Both leave out what is transparent, scrolled away or covered, and
the values of form controls, which are masked.

A word is letters and digits, with single signs inside: `£105.65`, `SW1A` and `two-piece` are one word each.
"""

import re
import unicodedata
from dataclasses import dataclass

from relay_stack import HEAD_LINES

WORD = re.compile(r"[^\W_]+(?:[.,:'’/@+-][^\W_]+)*")
# How far from its pixels a word may stand.
ROWS_MAX, COLUMNS_MAX = 2, 4
# Px of a line of letters of 20 px. Words of a heading stand together, from where its first one is: that one stands at
# its place as any word does, each of the others on the same row, right behind the one before.
HEADING_MIN = 22
HEADING_GAP_MAX = 3
STYLES = ["font-style", "font-weight", "font-size", "font-family", "letter-spacing"]
CONTROLS = {"INPUT", "TEXTAREA", "SELECT"}


@dataclass
class Painted:
    """A word and its rectangle in the viewport, in CSS px."""

    text: str
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self):
        return self.x + self.width / 2, self.y + self.height / 2


# Functions for the page: whether the words at places are to be seen, and where words begin in a line of a font.
VISIBLE = """
const covers = (element) => {
  if (element.localName === 'alongside-help' || /^(img|video|canvas|iframe)$/.test(element.localName)) return true;
  const style = getComputedStyle(element);
  const colour = style.backgroundColor.match(/[\\d.]+/g).map(Number);
  return (colour.length < 4 || colour[3] > 0.5) || style.backgroundImage !== 'none';
};
const faint = (element) => {
  for (let up = element; up; up = up.parentElement || (up.getRootNode().host ?? null))
    if (Number(getComputedStyle(up).opacity) < 0.05) return true;
  const colour = getComputedStyle(element).color.match(/[\\d.]+/g).map(Number);
  return getComputedStyle(element).visibility !== 'visible' || (colour.length === 4 && colour[3] < 0.05);
};
const seen = (owner, x, y) => {
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight || faint(owner)) return false;
  const through = getComputedStyle(owner).pointerEvents === 'none';
  for (const hit of document.elementsFromPoint(x, y)) {
    if (hit === owner || owner.contains(hit)) return true;
    if (hit.contains(owner) && getComputedStyle(owner).display === 'contents') return true;
    if (through && hit.contains(owner)) return true;
    if (covers(hit)) return false;
  }
  return false;
};
"""

# What fills `found`: the words of text nodes, and those of placeholders, which no browser's tree shows.
FIND = VISIBLE + r"""
const word = /[\p{L}\p{N}\p{M}]+(?:[.,:'’\/@+\-][\p{L}\p{N}\p{M}]+)*/gu;
const found = [];
"""

TEXTS = r"""
const shown = (text, style) => style.textTransform === 'uppercase' ? text.toUpperCase()
  : style.textTransform === 'lowercase' ? text.toLowerCase() : text;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const owner = node.parentElement;
  if (!owner || owner.closest('script,style,noscript,select,textarea,alongside-help')) continue;
  for (const match of node.data.matchAll(word)) {
    const range = document.createRange();
    range.setStart(node, match.index);
    range.setEnd(node, match.index + match[0].length);
    const rects = [...range.getClientRects()].filter((rect) => rect.width >= 1 && rect.height >= 2);
    if (rects.length !== 1) continue;
    const rect = rects[0];
    if (!seen(owner, rect.x + rect.width / 2, rect.y + rect.height / 2)) continue;
    found.push([shown(match[0], getComputedStyle(owner)), rect.x, rect.y, rect.width, rect.height]);
  }
}
"""

HINTS = r"""
const pen = document.createElement('canvas').getContext('2d');
for (const field of document.querySelectorAll('input[placeholder],textarea[placeholder]')) {
  const rect = field.getBoundingClientRect();
  const style = getComputedStyle(field);
  if (field.value !== '' || rect.width < 1) continue;
  pen.font = style.font || `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const left = rect.x + parseFloat(style.borderLeftWidth) + parseFloat(style.paddingLeft);
  for (const match of field.placeholder.matchAll(word)) {
    const x = left + pen.measureText(field.placeholder.slice(0, match.index)).width;
    const width = pen.measureText(match[0]).width;
    if (x + width > rect.right || !seen(field, x + width / 2, rect.y + rect.height / 2)) continue;
    found.push([match[0], x, rect.y, width, rect.height]);
  }
}
"""

# Where the words of a line begin and end, as parts of the line's width.
MEASURE = """(lines) => {
  const pen = document.createElement('canvas').getContext('2d');
  return lines.map(([font, spacing, text, places]) => {
    pen.font = font;
    pen.letterSpacing = spacing === 'normal' ? '0px' : spacing;
    const whole = pen.measureText(text).width || 1;
    return places.map((place) => pen.measureText(text.slice(0, place)).width / whole);
  });
}"""

SEEN = """(places) => {""" + VISIBLE + """
  return places.map(([x, y, text]) => {
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
    for (const hit of document.elementsFromPoint(x, y)) {
      if (hit.localName === 'alongside-help') return false;
      const made = ['::before', '::after'].map((part) => getComputedStyle(hit, part).content)
        .filter((content) => content.startsWith('"'));
      const own = [...[...hit.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data),
        hit.placeholder || '', /^(submit|button|reset)$/.test(hit.type) ? hit.value : '', ...made].join(' ');
      const isMarker = hit.localName === 'li' && /^[0-9]+$/.test(text);
      if (isMarker || own.toLowerCase().includes(text.toLowerCase())) return !faint(hit);
      if (covers(hit)) return false;
    }
    return false;
  });
}"""


def painted_by_ranges(run):
    """Painted words by ranges over the text nodes. `run` evaluates the body of a function in the page."""
    return [Painted(*found) for found in run(FIND + TEXTS + HINTS + "return found;")]


def painted_by_layout(page, cdp):
    """Painted words by Chromium's layout tree."""
    snapshot = cdp.send("DOMSnapshot.captureSnapshot", {"computedStyles": STYLES})
    strings, document = snapshot["strings"], snapshot["documents"][0]
    nodes, layout, boxes = document["nodes"], document["layout"], document["textBoxes"]
    parents = nodes["parentIndex"]
    names = [strings[index] if index >= 0 else "" for index in nodes["nodeName"]]
    lines = []
    for place, layout_index in enumerate(boxes["layoutIndex"]):
        node = layout["nodeIndex"][layout_index]
        chain = []
        while node >= 0:
            chain.append(node)
            node = parents[node]
        control = next((index for index in chain if names[index] in CONTROLS), None)
        if any(names[index] == "ALONGSIDE-HELP" for index in chain):
            continue
        if control is not None:
            continue
        x, y, width, height = boxes["bounds"][place]
        x, y = x - document.get("scrollOffsetX", 0), y - document.get("scrollOffsetY", 0)
        if width < 1 or height < 2:
            continue
        start, length = boxes["start"][place], boxes["length"][place]
        # Offsets count UTF-16 units.
        units = strings[layout["text"][layout_index]].encode("utf-16-le")[2 * start : 2 * (start + length)]
        text = units.decode("utf-16-le", "replace")
        style = next((layout["styles"][index] for index in (layout_index,) if layout["styles"][index]), None)
        if style is None:
            owner = next((at for at in chain[1:] if at in layout["nodeIndex"]), None)
            style = layout["styles"][layout["nodeIndex"].index(owner)]
        values = [strings[index] for index in style]
        lines.append((text, (x, y, width, height), " ".join(values[:4]), values[4]))
    hints = page.evaluate("() => {" + FIND + HINTS + "return found;}")
    return _seen(page, _split(page, lines)) + [Painted(*found) for found in hints]


def _split(page, lines):
    """The words of the lines, each with its own rectangle."""
    places = [[place for found in WORD.finditer(text) for place in found.span()] for text, _, _, _ in lines]
    parts = page.evaluate(MEASURE, [[font, spacing, text, at] for (text, _, font, spacing), at in zip(lines, places)])
    words = []
    for (text, (x, y, width, height), _, _), at in zip(lines, parts):
        for found, begin, end in zip(WORD.finditer(text), at[::2], at[1::2]):
            words.append(Painted(found[0], x + begin * width, y, (end - begin) * width, height))
    return words


def _seen(page, words):
    answers = page.evaluate(SEEN, [[*word.middle, word.text] for word in words])
    return [word for word, is_seen in zip(words, answers) if is_seen]


def folded(text):
    return unicodedata.normalize("NFC", text).casefold()


def screen_words(screen):
    """(word, row, column) of every word on a pyte screen's page pane."""
    found = []
    for row in range(HEAD_LINES, screen.lines - 2):
        cells = [(screen.buffer[row][column].data, column) for column in range(screen.columns)]
        text = "".join(data for data, _ in cells)
        columns = [column for data, column in cells for _ in data]
        found += [(folded(match[0]), row, columns[match.start()]) for match in WORD.finditer(text)]
    return found


@dataclass
class Comparison:
    """What became of the painted words: `far` stand on the screen out of place, `cut` in part, `lost` not at all."""

    painted: list
    found: list
    far: list
    cut: list
    lost: list
    row_error: float = 0
    column_error: float = 0

    @property
    def share(self):
        return len(self.found) / max(len(self.painted), 1)

    @property
    def share_of_rows(self):
        """Of the words that are whole on their row, wherever in it."""
        near = sum(1 for _, rows, _ in self.far if rows <= ROWS_MAX)
        return (len(self.found) + near) / max(len(self.painted), 1)

    @property
    def misses(self):
        return [f"far {word.text!r} by {rows} rows, {columns:.0f} columns" for word, rows, columns in self.far] + [
            f"{name} {word.text!r} at {word.x:.0f},{word.y:.0f}"
            for name, words in (("cut", self.cut), ("lost", self.lost))
            for word in words
        ]


def compare(words, screen, scale):
    """Matches painted words with those on the screen, the nearest first; no word of the screen serves twice."""
    shown = screen_words(screen)
    by_text = {}
    for index, (text, _, _) in enumerate(shown):
        by_text.setdefault(text, []).append(index)
    pairs = []
    for number, word in enumerate(words):
        row = int(scale.row(word.y + word.height / 2))
        for index in by_text.get(folded(word.text), []):
            rows, columns = abs(shown[index][1] - row), _column_error(word, shown[index], scale)
            pairs.append((rows * 2 + columns, number, index, rows, columns))
    result = Comparison(words, [], [], [], [])
    places, used = {}, set()
    for _, number, index, rows, columns in sorted(pairs):
        if number in places or index in used:
            continue
        is_heading = words[number].height >= HEADING_MIN and rows <= ROWS_MAX
        is_near = rows <= ROWS_MAX and columns <= COLUMNS_MAX
        if not is_near and not is_heading and (rows > 8 or columns > 40):
            continue
        places[number] = shown[index], rows, columns
        used.add(index)
    near = set()
    for number, word in enumerate(words):
        if number not in places:
            (result.cut if _is_cut(word, screen, scale) else result.lost).append(word)
            continue
        place, rows, columns = places[number]
        is_placed = rows <= ROWS_MAX and columns <= COLUMNS_MAX
        is_behind = (
            number - 1 in near
            and rows <= ROWS_MAX
            and _is_one_heading(words[number - 1], word)
            and _is_behind(places[number - 1][0], place)
        )
        if not is_placed and not is_behind:
            result.far.append((word, rows, columns))
            continue
        near.add(number)
        result.found.append(word)
        result.row_error = max(result.row_error, rows)
        result.column_error = max(result.column_error, columns if is_placed else 0)
    return result


def _is_one_heading(word, following):
    """Whether two words stand one behind the other on one line of large letters."""
    is_line = abs(word.y - following.y) < 2 and abs(word.height - following.height) < 2
    return is_line and following.height >= HEADING_MIN and following.x > word.x


def _is_behind(word, following):
    """Whether of two words of the screen the second one comes right behind the first."""
    gap = following[2] - word[2] - len(word[0])
    return word[1] == following[1] and 0 < gap <= HEADING_GAP_MAX


def _column_error(word, shown, scale):
    """How far the word stands from its pixels: by its first letter, or, where a line hangs on its right, its last."""
    text, _, column = shown
    begin = abs(column - scale.column(word.x))
    end = abs(column + len(text) - scale.column(word.x + word.width))
    return min(begin, end)


def _is_cut(word, screen, scale):
    """Whether some first letters and the mark of a cut stand near the word's place."""
    row, column = int(scale.row(word.y + word.height / 2)), int(scale.column(word.x))
    for near in range(max(row - ROWS_MAX, 0), min(row + ROWS_MAX + 1, screen.lines)):
        text = "".join(
            screen.buffer[near][at].data
            for at in range(max(column - COLUMNS_MAX, 0), min(column + len(word.text) + COLUMNS_MAX, screen.columns))
        )
        if "…" in text:
            return True
    return False
