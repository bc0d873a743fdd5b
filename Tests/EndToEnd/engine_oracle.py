"""Which words Firefox and WebKit paint, and where: ranges over text nodes, and what the browser hits at their places.

Chromium's account (`layout_oracle.py`) comes from its own debugging protocol, which the others do not have. Theirs is
asked of the page itself, by functions that share nothing with the script's capture: each word of each text node, in
frames of the page's origin and in open shadow roots, has one rectangle; it is painted when its middle is hit, or when
what lies over it there lets it through. The words that a seat shows and no range has (pseudo elements, markers, the
words of a button's value) must be those of whatever is hit at their place: else they are false.
"""

import json

from layout_oracle import INVISIBLE, Word, words_in

LIBRARY = r"""
const isClear = (colour) => colour.match(/[\d.]+/g).map(Number)[3] < 0.9;
const look = (element) => element.ownerDocument.defaultView.getComputedStyle(element);
const up = (element) => element.parentElement || element.getRootNode().host || null;
// Rectangles of what is zoomed by style are before zoom where browsers do not have this name.
const isBefore = !('currentCSSZoom' in Element.prototype);
const zoomOf = (element) => {
  if (!isBefore) return element.currentCSSZoom;
  let zoom = 1;
  for (let one = element; one; one = up(one)) zoom *= Number(look(one).zoom) || 1;
  return zoom;
};
const placeOf = (of, element) => {
  const zoom = isBefore ? zoomOf(element) : 1;
  return new DOMRect(of.x * zoom, of.y * zoom, of.width * zoom, of.height * zoom);
};
const place = (element) => placeOf(element.getBoundingClientRect(), element);
const isFaint = (element) => {
  for (let one = element; one; one = up(one)) if (Number(look(one).opacity) < 0.05) return true;
  return look(element).visibility !== 'visible';
};
const isCover = (element) => /^(img|video|canvas|iframe|alongside-help)$/.test(element.localName)
  || !isClear(look(element).backgroundColor) || look(element).backgroundImage !== 'none';
const holds = (outer, inner) => {
  for (let one = inner; one; one = up(one)) if (one === outer) return true;
  return false;
};
// Everything at a place, the uppermost first, roots that are open included.
const hits = (root, x, y, seen = new Set()) => root.elementsFromPoint(x, y).flatMap((one) => {
  if (seen.has(one)) return [];
  seen.add(one);
  return one.shadowRoot ? [...hits(one.shadowRoot, x, y, seen), one] : [one];
});
const isSeen = (owner, x, y) => {
  const view = owner.ownerDocument.defaultView;
  if (x < 0 || y < 0 || x >= view.innerWidth || y >= view.innerHeight) return false;
  const frame = view.frameElement;
  if (frame) {
    const at = inside(frame);
    if (!isSeen(frame, x * at[2] + at[0], y * at[2] + at[1])) return false;
  }
  const above = hits(owner.ownerDocument, x, y);
  const own = above.findIndex((hit) => holds(owner, hit));
  if (own >= 0) return !above.slice(0, own).some((hit) => isCover(hit) && isIn(hit, x, y));
  // What lies below a modal dialog is never hit, nor is what lets the pointer through or is cut by a shape.
  if (above.some((hit) => isCover(hit) && !holds(hit, owner) && isIn(hit, x, y))) return false;
  for (let one = owner; one; one = up(one)) {
    const { display, overflowX, clipPath } = look(one);
    const isClip = !/^(html|body)$/.test(one.localName) && display !== 'contents' && overflowX !== 'visible';
    if (clipPath !== 'none' || (isClip && !isIn(one, x, y))) return false;
  }
  return true;
};
// The backdrop of a dialog is hit as the dialog.
const isIn = (element, x, y) => {
  const at = place(element);
  return x >= at.left && x <= at.right && y >= at.top && y <= at.bottom;
};
// Where the contents of a frame begin in its own document's viewport, and how much larger they are there.
const inside = (frame) => {
  const at = place(frame), { paddingLeft, paddingTop } = look(frame), zoom = zoomOf(frame);
  const left = at.left + (frame.clientLeft + parseFloat(paddingLeft)) * zoom;
  return [left, at.top + (frame.clientTop + parseFloat(paddingTop)) * zoom, isBefore ? 1 : zoom];
};
"""

PAINTED = LIBRARY + r"""
const word = /[\p{L}\p{N}\p{M}\u00ad\u200b-\u200d\u2060]+/gu;
const found = [], fields = [];
// Whether a word reaches to where its line's ellipsis stands.
const isCut = (owner, right) => {
  let box = owner;
  while (box && look(box).display.startsWith('inline')) box = up(box);
  if (!box || look(box).textOverflow !== 'ellipsis' || box.scrollWidth <= box.clientWidth) return false;
  const zoom = zoomOf(box), end = place(box).left + (box.clientLeft + box.clientWidth) * zoom;
  return right > end - 1.2 * parseFloat(look(box).fontSize) * zoom;
};
const add = (text, owner, { left, top, right, bottom }, dx, dy, scale) => {
  if (right - left < 1 || bottom - top < 2 || isFaint(owner)) return;
  const y = (top + bottom) / 2, third = Math.min(2, (right - left) / 3);
  const isWhole = left * scale + dx >= 0 && right * scale + dx <= window.innerWidth;
  const parts = [left + third, (left + right) / 2, right - third].filter((x) => isSeen(owner, x, y)).length;
  const isPartial = parts < 3 || !isWhole || isCut(owner, right);
  const to = [left * scale + dx, top * scale + dy, right * scale + dx, bottom * scale + dy];
  if (parts) found.push([text, ...to, isPartial]);
};
const untyped = /^(hidden|checkbox|radio|range|color|file|submit|button|reset|image|date)$/;
const field = (element, dx, dy, scale) => {
  const isChoice = element.localName === 'select';
  if (element.hasAttribute('size') || element.multiple || (!isChoice && untyped.test(element.type))) return;
  const text = (isChoice ? element.selectedOptions[0]?.label ?? '' : element.value) || element.placeholder || '';
  const at = place(element), size = Math.round(parseFloat(look(element).fontSize) * zoomOf(element) * scale);
  if (isFaint(element) || at.width < 1 || !isSeen(element, at.left + at.width / 2, at.top + at.height / 2)) return;
  fields.push([text, size, at.left * scale + dx, at.top * scale + dy, at.right * scale + dx, at.bottom * scale + dy]);
};
const walk = (node, dx, dy, scale) => {
  if (node.nodeType === 3) {
    const owner = node.parentElement || node.parentNode.host;
    for (const match of node.data.matchAll(word)) {
      const range = node.ownerDocument.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const rects = [...range.getClientRects()].filter((at) => at.width >= 1 && at.height >= 2);
      const [at] = rects;
      if (rects.length === 1) add(match[0], owner, placeOf(at, owner), dx, dy, scale);
    }
    return;
  }
  if (/^(script|style|noscript|template|alongside-help)$/.test(node.localName)) return;
  if (/^(input|textarea|select)$/.test(node.localName)) return field(node, dx, dy, scale);
  if (node.localName === 'iframe') {
    let inner = null;
    try { inner = node.contentDocument; } catch { }
    const at = inside(node);
    if (inner && inner.body) walk(inner.body, dx + at[0] * scale, dy + at[1] * scale, scale * at[2]);
    return;
  }
  for (const child of (node.shadowRoot || node).childNodes) walk(child, dx, dy, scale);
  if (node.localName === 'slot') for (const child of node.assignedNodes()) walk(child, dx, dy, scale);
};
walk(document.body, 0, 0, 1);
return [found, fields];
"""

# Which of [text, x, y] are words of what is hit there.
THERE = LIBRARY + r"""
const says = (element, text) => {
  const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data);
  const made = ['::before', '::after', '::marker'].map((part) => element.ownerDocument.defaultView
    .getComputedStyle(element, part).content);
  const isCounted = /^(\d+|[ivxlc]+|[a-z])$/i.test(text)
    && (made.some((one) => /counter/.test(one)) || element.closest('ol') || element.querySelector('ol'));
  const typed = /^(submit|button|reset)$/.test(element.type) ? element.value || element.type : element.placeholder;
  const words = [...own, ...made, typed || '', element.title || '', element.alt || ''].join(' ');
  return isCounted || words.replace(/[\u00ad\u200b-\u200d\u2060]/g, '').toLowerCase().includes(text.toLowerCase());
};
const at = (root, text, x, y) => {
  for (const hit of hits(root, x, y)) {
    if (hit.localName === 'iframe') {
      let inner = null;
      try { inner = hit.contentDocument; } catch { }
      const start = inside(hit);
      return inner ? at(inner, text, (x - start[0]) / start[2], (y - start[1]) / start[2]) : says(hit, text);
    }
    // Closed roots open to nobody: what is in them is not asked about.
    if (hit.localName === 'closed-card' || says(hit, text)) return true;
    if (isCover(hit) && !hit.closest('a,button,label,li,p,td,th,span')) return false;
  }
  return false;
};
return places.map(([text, x, y]) => at(document, text, x, y));
"""


def painted(run):
    """The words painted in the viewport now. `run` evaluates the body of a function in the page."""
    found, fields = run(PAINTED)
    texts = ((INVISIBLE.sub("", text), *rest) for text, *rest in found)
    words = [Word(text, tuple(rect), is_partial) for text, *rect, is_partial in texts if text]
    return words + [word for field in fields for word in field_words(*field)]


def field_words(text, size, left, top, right, bottom):
    """The words that a field paints itself, about where fields paint them."""
    for word in words_in(text, (left + 8, top, left + 8 + len(text) * size * 0.55, bottom)):
        if word.middle[0] < right:
            yield word


def not_there(run, words):
    """Those of (word, rectangle) that the page does not have at their place either."""
    places = [[text, (left + right) / 2, (top + bottom) / 2] for text, (left, top, right, bottom) in words]
    answers = run("const places = " + json.dumps(places) + ";" + THERE) if places else []
    return [word for word, is_there in zip(words, answers) if not is_there]
