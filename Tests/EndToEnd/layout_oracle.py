"""Which words Chromium paints, and where, by its own account: the layout tree of all documents, and pixels.

Text boxes come from the debugging protocol's layout listing, with open and closed shadow roots and frames of the same
process. A word counts as painted when its pixels change while text is made transparent, unless something opaque is
painted after it or an ancestor clips it away. Nothing here shares a line, or a rule, with the script's capture.
"""

import re
import unicodedata
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+", re.UNICODE)
STYLES = ["visibility", "overflow-x", "overflow-y", "position", "background-color", "background-image", "opacity"]
STYLES += ["transform", "writing-mode", "padding-left", "padding-top", "column-count", "font-size"]
REPLACED = {"IMG", "CANVAS", "VIDEO", "IFRAME", "OBJECT"}
FIELDS = {"INPUT", "TEXTAREA", "SELECT"}
UNTYPED = {"hidden", "checkbox", "radio", "range", "color", "file", "submit", "button", "reset", "image", "date"}
# What lies so far from the viewport is not asked about: no transformation brings it back.
FAR = 4000
INVISIBLE = re.compile("[\\u00ad\\u200b\\u200c\\u200d\\u2060]")

# Makes all text transparent; letters that clip a background become a box, which changes their pixels too.
HIDE = """() => {
  const style = document.createElement('style');
  style.id = 'oracle-without-text';
  style.textContent = '*,*::before,*::after,*::marker,*::placeholder{-webkit-text-fill-color:transparent!important;'
    + 'background-clip:border-box!important;transition:none!important}svg text{fill:transparent!important}';
  document.documentElement.append(style);
}"""
SHOW = "() => document.getElementById('oracle-without-text')?.remove()"

# How many pixels differ between two pictures within each rectangle.
DIFFER = """async ([before, after, rects]) => {
  const pixels = async (data) => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    return pen.getImageData(0, 0, image.width, image.height);
  };
  const a = await pixels(before), b = await pixels(after);
  return rects.map(([left, top, right, bottom]) => {
    let count = 0;
    for (let y = Math.max(0, Math.floor(top)); y < Math.min(a.height, bottom); y += 1) {
      for (let x = Math.max(0, Math.floor(left)); x < Math.min(a.width, right); x += 1) {
        const at = (y * a.width + x) * 4;
        const change = Math.abs(a.data[at] - b.data[at]) + Math.abs(a.data[at + 1] - b.data[at + 1])
          + Math.abs(a.data[at + 2] - b.data[at + 2]);
        if (change > 24) count += 1;
      }
    }
    return count;
  });
}"""


@dataclass
class Word:
    """A word and its rectangle in the viewport: left, top, right, bottom in CSS px."""

    text: str
    rect: tuple
    # Whether something cuts a part of it off.
    is_partial: bool = False

    @property
    def middle(self):
        return (self.rect[0] + self.rect[2]) / 2, (self.rect[1] + self.rect[3]) / 2


def folded(text):
    return unicodedata.normalize("NFKC", text).casefold()


def is_right_to_left(text):
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def words_in(text, rect, is_vertical=False):
    """The words of a line, each with its part of the line's rectangle, as if all letters were equally wide."""
    left, top, right, bottom = rect
    length = max(len(text), 1)
    is_mirrored = is_right_to_left(text)
    for found in WORD.finditer(text):
        begin, end = found.start() / length, found.end() / length
        if is_vertical:
            yield Word(found[0], (left, top + (bottom - top) * begin, right, top + (bottom - top) * end))
            continue
        if is_mirrored:
            begin, end = 1 - end, 1 - begin
        yield Word(found[0], (left + (right - left) * begin, top, left + (right - left) * end, bottom))


def colour_alpha(text):
    numbers = [float(number) for number in re.findall(r"[\d.]+", text)]
    return numbers[3] if len(numbers) > 3 else 1.0


class Document:
    """One document of the layout listing."""

    def __init__(self, record, strings):
        self.record, self.strings = record, strings
        self.nodes, self.layout = record["nodes"], record["layout"]
        self.parents = self.nodes["parentIndex"]
        self.names = [strings[index] if index >= 0 else "" for index in self.nodes["nodeName"]]
        self.scroll = record.get("scrollOffsetX", 0), record.get("scrollOffsetY", 0)
        self.places = {}
        for place, node in enumerate(self.layout["nodeIndex"]):
            self.places.setdefault(node, place)
        self.orders = self.layout["paintOrders"]
        self.origin, self.frame = (0, 0), None

    def style(self, node):
        place = self.places.get(node)
        row = self.layout["styles"][place] if place is not None else []
        return dict(zip(STYLES, (self.strings[index] for index in row)))

    def rect(self, place):
        x, y, width, height = self.layout["bounds"][place]
        x, y = x - self.scroll[0] + self.origin[0], y - self.scroll[1] + self.origin[1]
        return x, y, x + width, y + height

    def ancestors(self, node):
        node = self.parents[node]
        while node >= 0:
            yield node
            node = self.parents[node]

    def clip(self, node):
        """What ancestors leave of the viewport for a text node."""
        area = self.frame or (-1e6, -1e6, 1e6, 1e6)
        position = "static"
        for up in self.ancestors(node):
            style = self.style(up)
            if not style:
                continue
            is_containing = style["position"] != "static" or style["transform"] != "none"
            is_escaping = (position == "absolute" and not is_containing) or (
                position == "fixed" and style["transform"] == "none"
            )
            if is_escaping:
                continue
            is_page = self.names[up] in ("BODY", "HTML")
            if "visible" not in (style["overflow-x"], style["overflow-y"]) and not is_page:
                area = intersection(area, self.rect(self.places[up]))
            position = style["position"] if style["position"] in ("absolute", "fixed") else "static"
        return area


def intersection(a, b):
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def holds(rect, point):
    return rect[0] <= point[0] <= rect[2] and rect[1] <= point[1] <= rect[3]


def documents(cdp):
    """All documents that the protocol lists, each with its place in the viewport; frames in frames included."""
    answer = cdp.send(
        "DOMSnapshot.captureSnapshot", {"computedStyles": STYLES, "includePaintOrder": True, "includeDOMRects": True}
    )
    found = [Document(record, answer["strings"]) for record in answer["documents"]]
    reached = found[:1]
    for outer in reached:
        contents = outer.nodes.get("contentDocumentIndex", {"index": [], "value": []})
        for node, number in zip(contents["index"], contents["value"]):
            place = outer.places.get(node)
            if place is None or found[number] in reached:
                continue
            style = outer.style(node)
            left, top, _, _ = outer.rect(place)
            client = outer.layout["clientRects"][place] or [0, 0, 0, 0]
            inner = found[number]
            x, y = left + client[0], top + client[1]
            padding = float(style["padding-left"][:-2]), float(style["padding-top"][:-2])
            inner.origin = x + padding[0], y + padding[1]
            box = (*inner.origin, x + client[2] - padding[0], y + client[3] - padding[1])
            inner.frame = intersection(outer.clip(node), box)
            reached.append(inner)
    return reached


def covers_of(document):
    """(paint order, rectangle, node) of all that hides what was painted before it."""
    for place, node in enumerate(document.layout["nodeIndex"]):
        _, top, _, bottom = document.rect(place)
        if bottom < 0 or top > FAR:
            continue
        style = document.style(node)
        if document.names[node] in REPLACED or (
            style
            and style["opacity"] == "1"
            and style["visibility"] == "visible"
            and (colour_alpha(style["background-color"]) > 0.9 or "gradient" in style["background-image"])
        ):
            yield document.orders[place], document.rect(place), node


def quads(cdp, document, node):
    """The corners of a text node's lines where a transformation or columns move them, the first letter's first."""
    found = cdp.send("DOM.getContentQuads", {"backendNodeId": document.nodes["backendNodeId"][node]})["quads"]
    return [list(zip(quad[::2], quad[1::2])) for quad in found]


COLUMNS = """function() {
  const range = this.ownerDocument.createRange();
  range.selectNodeContents(this);
  return [...range.getClientRects()].map((at) => [at.left, at.top, at.right, at.bottom]);
}"""
MIXED = r"""function() {
  const range = this.ownerDocument.createRange();
  return [...this.data.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((match) => {
    range.setStart(this, match.index);
    range.setEnd(this, match.index + match[0].length);
    const at = range.getBoundingClientRect();
    return [match[0], at.left, at.top, at.right, at.bottom];
  });
}"""


def ask(cdp, document, node, declaration):
    """What a function of the page says of a node."""
    found = cdp.send("DOM.resolveNode", {"backendNodeId": document.nodes["backendNodeId"][node]})["object"]
    call = {"objectId": found["objectId"], "functionDeclaration": declaration, "returnByValue": True}
    return cdp.send("Runtime.callFunctionOn", call)["result"]["value"]


def columns(cdp, document, node):
    """As `quads`, which knows nothing of columns: by the rectangles of a range."""
    rects = ask(cdp, document, node, COLUMNS)
    return [[(left, top), (right, top), (right, bottom), (left, bottom)] for left, top, right, bottom in rects]


def turned_words(text, corners):
    """The words of a line whose corners are known: top left, top right, bottom right, bottom left of its letters."""
    first, second, third, fourth = corners
    length = max(len(text), 1)

    def between(start, end, part):
        return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part

    for found in WORD.finditer(text):
        begin, end = found.start() / length, found.end() / length
        points = [between(*edge, part) for edge in ((first, second), (fourth, third)) for part in (begin, end)]
        across, down = zip(*points)
        yield Word(found[0], (min(across), min(down), max(across), max(down)))


def lines_of(cdp, document):
    """(layout place, node, text, rectangle, words if known) of every text box; pieces of one line are joined."""
    boxes, layout = document.record["textBoxes"], document.layout
    found = {}
    for number, place in enumerate(boxes["layoutIndex"]):
        start, length = boxes["start"][number], boxes["length"][number]
        # Offsets count UTF-16 units.
        units = document.strings[layout["text"][place]].encode("utf-16-le")[2 * start : 2 * (start + length)]
        x, y, width, height = boxes["bounds"][number]
        left, top = x - document.scroll[0] + document.origin[0], y - document.scroll[1] + document.origin[1]
        text = units.decode("utf-16-le", "replace")
        if not -FAR < top < FAR:
            continue
        found.setdefault(place, []).append((text, (left, top, left + width, top + height)))
    for place, lines in found.items():
        node = layout["nodeIndex"][place]
        if document.names[node] == "#text" and any(is_right_to_left(text) for text, _ in lines):
            # Letters of these scripts differ too much in width for a guess.
            x, y = document.origin
            words = [Word(text, (a + x, b + y, c + x, d + y)) for text, a, b, c, d in ask(cdp, document, node, MIXED)]
            yield place, node, "", lines[0][1], words
            continue
        is_moved = any(
            style and (style["transform"] != "none" or style["column-count"] != "auto")
            for style in map(document.style, document.ancestors(node))
        )
        if is_moved and document.names[node] == "#text":
            is_in_columns = any(
                style.get("column-count", "auto") != "auto" for style in map(document.style, document.ancestors(node))
            )
            moved = (columns if is_in_columns else quads)(cdp, document, node)
            if len(moved) == len(lines):
                for (text, rect), corners in zip(lines, moved):
                    yield place, node, text, rect, list(turned_words(text, corners))
                continue
        joined = []
        for text, rect in lines:
            last = joined[-1] if joined else None
            if last and abs(last[1][1] - rect[1]) < 1 and abs(last[1][2] - rect[0]) < 1:
                joined[-1] = (last[0] + text, (last[1][0], last[1][1], rect[2], max(last[1][3], rect[3])))
            else:
                joined.append((text, rect))
        for text, rect in joined:
            yield place, node, INVISIBLE.sub("", text), rect, None


def around(words):
    """The rectangle that holds all of them."""
    lefts, tops, rights, bottoms = zip(*(word.rect for word in words))
    return min(lefts), min(tops), max(rights), max(bottoms)


def is_cut(words, clip):
    """Whether an edge at the side goes through a line: there a guess at the letters' widths names the wrong word."""
    if not words:
        return False
    left, top, right, bottom = around(words)
    is_beside = bottom <= clip[1] or top >= clip[3] or right <= clip[0] or left >= clip[2]
    return not is_beside and (left < clip[0] or right > clip[2])


def exact_words(cdp, document, node, guessed):
    """The words of a text node's line, which was guessed, where the page itself finds their letters."""
    x, y = document.origin
    left, top, right, bottom = around(guessed)
    line = left - 3, top - 3, right + 3, bottom + 3
    found = [Word(text, (a + x, b + y, c + x, d + y)) for text, a, b, c, d in ask(cdp, document, node, MIXED)]
    return [word for word in found if holds(line, word.middle)]


def candidates(cdp, document, viewport):
    """Every word of a text box that lies in the viewport, is not clipped away and not covered."""
    covers = list(covers_of(document))
    screen = (0, 0, *viewport)
    for place, node, text, rect, words in lines_of(cdp, document):
        above = list(document.ancestors(node))
        if any(document.names[up] == "ALONGSIDE-HELP" for up in above):
            continue
        styles = [style for style in map(document.style, above) if style]
        if any(float(style["opacity"]) < 0.05 for style in styles) or styles[0]["visibility"] != "visible":
            continue
        is_tall = rect[3] - rect[1] > 3 * max(rect[2] - rect[0], 20)
        is_vertical = styles[0]["writing-mode"] != "horizontal-tb" or is_tall
        clip = intersection(document.clip(node), screen)
        own = set(above)
        words = list(words or words_in(text, rect, is_vertical))
        if document.names[node] == "#text" and is_cut(words, clip):
            words = exact_words(cdp, document, node, words)
        for word in words:
            is_covered = any(
                order > document.orders[place] and cover not in own and holds(area, word.middle)
                for order, area, cover in covers
            )
            seen = intersection(clip, word.rect)
            if is_covered or seen[0] >= seen[2] or seen[1] >= seen[3]:
                continue
            is_narrower = seen[2] - seen[0] < word.rect[2] - word.rect[0] - 0.1
            word.is_partial = is_narrower or not holds(clip, word.middle)
            yield word


def field_words(document, viewport):
    """The words that fields paint themselves, as their attributes and values say, about where fields paint them."""
    nodes = document.nodes
    values = dict(zip(nodes["inputValue"]["index"], nodes["inputValue"]["value"]))
    areas = dict(zip(nodes["textValue"]["index"], nodes["textValue"]["value"]))
    chosen = set(nodes["optionSelected"]["index"])
    for node, place in document.places.items():
        if document.names[node] not in FIELDS:
            continue
        pairs = [document.strings[index] for index in nodes["attributes"][node]]
        attributes = dict(zip(pairs[::2], pairs[1::2]))
        if attributes.get("type", "text") in UNTYPED or "size" in attributes:
            continue
        value = values.get(node, areas.get(node))
        text = document.strings[value] if value is not None and value >= 0 else ""
        if document.names[node] == "SELECT":
            options = [at for at in chosen if node in document.ancestors(at)]
            inner = [at for at, up in enumerate(document.parents) if up in options and document.names[at] == "#text"]
            text = " ".join(document.strings[nodes["nodeValue"][at]] for at in inner)
        left, top, right, bottom = document.rect(place)
        text = text or attributes.get("placeholder", "")
        size = float(document.style(node)["font-size"][:-2])
        area = intersection(document.clip(node), (0, 0, *viewport))
        for word in words_in(text, (left + 8, top, left + 8 + len(text) * round(size) * 0.55, bottom)):
            if holds(area, word.middle):
                yield word


def painted(stage, viewport=(1280, 800)):
    """The words painted in the viewport now."""
    browser = stage.browser
    listed, fields = [], []
    for document in documents(browser.cdp):
        listed += candidates(browser.cdp, document, viewport)
        fields += field_words(document, viewport)

    def picture():
        return browser.cdp.send("Page.captureScreenshot", {"format": "png"})["data"]

    before = picture()
    for frame in browser.page.frames:
        frame.evaluate(HIDE)
    after = picture()
    for frame in browser.page.frames:
        frame.evaluate(SHOW)
    # Letters are not equally wide: a short word may stand a little beside its place.
    around = [[rect[0] - 5, rect[1], rect[2] + 5, rect[3]] for rect in (word.rect for word in listed)]
    counts = helper(browser).evaluate(DIFFER, [before, after, around])
    return [word for word, count in zip(listed, counts) if count >= 6] + fields


def panel_area(page):
    """Where the script's own panel stands: it hides the page from this shopper, not from the rep."""
    return tuple(page.evaluate("""() => {
      const at = document.querySelector('alongside-help').getBoundingClientRect();
      return [at.left - 2, at.top - 2, at.right + 2, at.bottom + 2];
    }"""))


def helper(browser):
    """A page of its own for work on pictures."""
    page = getattr(browser, "pictures", None)
    if page is None or page.is_closed() or page.context is not browser.context:
        page = browser.context.new_page()
        browser.pictures = page
        browser.page.bring_to_front()
    return page
