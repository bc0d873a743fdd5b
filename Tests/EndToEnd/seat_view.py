"""The words that a seat shows of a view: in paint order, clipped by layers, covered by what lies over them."""

from layout_oracle import holds, intersection, words_in

COVERING = {"image", "canvas", "video", "frame"}


def layer_clips(model):
    """What each layer leaves of the viewport for its contents: Protocol/view.md, Layer."""
    clips = {}
    width, height = model.members["viewport"]
    whole = (0, 0, width, height)
    for identity in model.layer_order:
        chain, clip = identity, whole
        while chain != 0:
            row = model.layers[chain]
            if row[2] in (2, 3):
                x, y = model.origin(chain)
                left, top = x + row[7], y + row[8]
                clip = intersection(clip, (left, top, left + row[5], top + row[6]))
            if row[2] in (1, 3):
                break
            chain = row[1]
        clips[identity] = clip
    return clips


def layered_items(model):
    """(layer, x, y, item) in paint order, in the viewport."""
    for layer in model.layer_order:
        ox, oy = model.origin(layer)
        for identity in model.order:
            block = model.blocks[identity]
            if block[0] == layer:
                for item in block[3]:
                    yield layer, ox + block[1] + item[1], oy + block[2] + item[2], item


def is_opaque(item):
    if item[0] == "b":
        return item[5] & 0xFF > 230
    if item[0] == "f":
        return item[9] & 0xFF > 230
    return item[0] == "i" and item[5] in COVERING


def words_of(item, rect):
    """The words of an item where a painter puts them."""
    if item[0] == "t":
        left, top, right, bottom = rect
        text, flags, size = item[5], item[7], item[8]
        guess = len(text) * size * 0.5
        if flags & 32 and flags & 256 and guess < right - left:
            middle = (left + right) / 2
            left, right = middle - guess / 2, middle + guess / 2
        words = list(words_in(text, (left, top, right, bottom)))
        if words and flags & 128:
            words[-1].is_partial = True
        yield from words
    elif item[0] == "f":
        text = item[7] or (item[8] if item[6] & 64 else "")
        left, top, right, bottom = rect
        left += 8
        guess = len(text) * item[12] * 0.55
        yield from words_in(text, (left, top, left + guess, bottom))


def shown(model):
    """(words, hidden areas): what can be read at the seat in the viewport, and where something is masked or blocked."""
    clips = layer_clips(model)
    placed = []
    for layer, x, y, item in layered_items(model):
        placed.append((clips[layer], (x, y, x + item[3], y + item[4]), item))
    covers = [(n, intersection(clip, rect)) for n, (clip, rect, item) in enumerate(placed) if is_opaque(item)]
    words, hidden = [], []
    for number, (clip, rect, item) in enumerate(placed):
        is_hatched = item[0] == "b" and len(item) > 8 and item[8] & 1
        is_masked = item[0] == "m" or (item[0] == "f" and item[6] & 32 and not item[6] & 64)
        if is_hatched or is_masked:
            hidden.append(intersection(clip, rect))
        for word in words_of(item, rect):
            is_covered = any(n > number and holds(cover, word.middle) for n, cover in covers)
            if holds(clip, word.middle) and not is_covered:
                words.append(word)
    return words, hidden
