"""Which words are painted, by the browser's own account: the layout tree's text boxes, not the script's walk."""

import re

WORD = re.compile(r"\w+", re.UNICODE)
STYLES = ["visibility", "opacity"]
TYPED = {"INPUT", "TEXTAREA", "SELECT"}


def painted_lines(cdp, viewport=(1280, 800)):
    """(text, rectangle in the viewport, whether a control holds it) of every painted text box in the viewport."""
    snapshot = cdp.send("DOMSnapshot.captureSnapshot", {"computedStyles": STYLES})
    strings = snapshot["strings"]
    lines = []
    document = snapshot["documents"][0]
    nodes, layout, boxes = document["nodes"], document["layout"], document["textBoxes"]
    parents, names = nodes["parentIndex"], [strings[index] if index >= 0 else "" for index in nodes["nodeName"]]
    styles = {}
    for place, node in enumerate(layout["nodeIndex"]):
        found = [strings[index] for index in layout["styles"][place]]
        if len(found) == len(STYLES):
            styles.setdefault(node, found)
    for place, layout_index in enumerate(boxes["layoutIndex"]):
        node = layout["nodeIndex"][layout_index]
        chain = []
        up = node
        while up >= 0:
            chain.append(up)
            up = parents[up]
        if any(names[index] == "ALONGSIDE-HELP" for index in chain):
            continue
        if any(styles.get(index, ["visible", "1"])[1] == "0" for index in chain):
            continue
        if styles.get(node, ["visible", "1"])[0] == "hidden":
            continue
        x, y, width, height = boxes["bounds"][place]
        x, y = x - document.get("scrollOffsetX", 0), y - document.get("scrollOffsetY", 0)
        middle = y + height / 2
        is_in = x + width > 0 and x < viewport[0] and 0 < middle < viewport[1]
        if width < 1 or height < 2 or not is_in:
            continue
        start, length = boxes["start"][place], boxes["length"][place]
        # Offsets count UTF-16 units.
        text = strings[layout["text"][layout_index]].encode("utf-16-le")[2 * start : 2 * (start + length)]
        control = next((names[index] for index in chain if names[index] in TYPED), None)
        is_made = any(names[index].startswith("::") for index in chain)
        lines.append((text.decode("utf-16-le", "replace"), (x, y, x + width, y + height), control or is_made))
    return lines


HIT = """(points) => points.map(([x, y, words]) => {
  const deepest = (root) => {
    const hit = root.elementFromPoint(x, y);
    return hit && hit.shadowRoot && root !== hit.shadowRoot && hit.shadowRoot.elementFromPoint(x, y) !== hit
      ? deepest(hit.shadowRoot) : hit;
  };
  const hit = deepest(document);
  if (!hit) return false;
  const own = [...hit.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join(" ");
  return words.some((word) => own.toLowerCase().includes(word));
})"""


def uncovered(page, lines):
    """The lines whose middle the browser would hit: neither scrolled away in a container nor under something else."""
    points = [
        [(rect[0] + rect[2]) / 2, (rect[1] + rect[3]) / 2, WORD.findall(text.lower())] for text, rect, _ in lines
    ]
    hits = page.evaluate(HIT, points)
    return [line for line, is_hit in zip(lines, hits) if is_hit or line[2]]


def overlap(a, b):
    return (min(a[2], b[2]) - max(a[0], b[0])) > -3 and (min(a[3], b[3]) - max(a[1], b[1])) > -3


def compare(page, cdp, model):
    """(words painted, words found in the view at their place, the missing ones). Masked words count on neither side."""
    sent = [(set(WORD.findall(text.lower())), rect) for text, rect in model.placed_words()]
    masks = [(x, y, x + item[3], y + item[4]) for x, y, item in model.items() if item[0] == "m"]
    hatched = [
        (x, y, x + item[3], y + item[4])
        for x, y, item in model.items()
        if item[0] == "b" and len(item) > 8 and item[8] & 1
    ]
    masked_controls = [
        (x, y, x + item[3], y + item[4])
        for x, y, item in model.items()
        if item[0] == "f" and item[6] & 32 and not item[6] & 64
    ]
    painted = found = 0
    missing = []
    for text, rect, _ in uncovered(page, painted_lines(cdp)):
        words = WORD.findall(text.lower())
        inner = (rect[0] + 3, rect[1] + 3, rect[2] - 3, rect[3] - 3)
        if any(overlap(inner, hidden) for hidden in hatched + masked_controls):
            continue
        near = [names for names, place in sent if overlap(rect, place)]
        is_by_mask = any(overlap(inner, mask) for mask in masks)
        for word in words:
            is_there = any(word in names for names in near)
            if not is_there and is_by_mask:
                continue
            painted += 1
            found += is_there
            if not is_there:
                missing.append((word, tuple(round(value) for value in rect)))
    return painted, found, missing
