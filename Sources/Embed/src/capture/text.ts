/** Text as painted: one item per visual line, with secrets cut out. */

import { parentNode } from "../natives";
import { colourOf, faded, gradientColour } from "./colour";
import { moved, rectsOf } from "./frames";
import { around, isEmpty, meets, px, Rect } from "./geometry";
import { collapsed, Context, Item, limited, placed, TextFlag } from "./items";
import { inReach } from "./reach";
import { Masked, secretsIn } from "./scrub";

export interface TextStyle {
  colour: number;
  flags: number;
  size: number;
  transform: string;
  /** Whether lines begin at the right, where even signs and digits stand in another order, or run downwards. */
  isFromRight: boolean;
  /** Of the element that holds the text. */
  css: CSSStyleDeclaration;
}

interface Line {
  start: number;
  end: number;
  rect: Rect;
}

interface Breaks {
  data: string;
  key: string;
  starts: number[];
}

const knownBreaks = new WeakMap<Text, Breaks>();
const range = document.createRange();
/** Masked runs tell their width in such steps only. */
const maskedStep = 8;

export function textStyleOf(style: CSSStyleDeclaration, context: Context): TextStyle {
  let colour = colourOf(style.webkitTextFillColor || style.color);
  if (colour === 0 && style.getPropertyValue("-webkit-background-clip") === "text") {
    colour = gradientColour(style.backgroundImage) || colourOf(style.backgroundColor);
  }
  let flags = context.flags;
  if (Number(style.fontWeight) >= 600) flags |= TextFlag.bold;
  if (style.fontStyle !== "normal") flags |= TextFlag.italic;
  const align = style.textAlign;
  const isFromRight = style.direction === "rtl";
  if (align.endsWith("center")) flags |= TextFlag.centred;
  else if (align.endsWith("right") || (align === "end") !== (align !== "left" && isFromRight)) {
    flags |= TextFlag.right;
  }
  return {
    colour: faded(colour, context.opacity), flags, size: Math.round(px(style.fontSize)),
    transform: style.textTransform, css: style,
    isFromRight: isFromRight || /^[vs]/.test(style.writingMode),
  };
}

/** `text`, which `node` holds, as it is painted. */
function transformed(text: string, { transform }: TextStyle, node: Node | null): string {
  if (transform === "none") return text;
  const language = (node && parentNode(node) as HTMLElement | null)?.lang || document.documentElement.lang || undefined;
  switch (transform) {
    case "uppercase": return text.toLocaleUpperCase(language);
    case "lowercase": return text.toLocaleLowerCase(language);
    case "capitalize": return text.replace(/(^|[\s\-([“"'])(\p{L})/gu, (_, before: string, letter: string) =>
      before + letter.toLocaleUpperCase(language));
    default: return text;
  }
}

/** The rectangles of consecutive fragments, joined where they stand on one line. */
function lineRects(rects: readonly Rect[]): Rect[] {
  const lines: Rect[] = [];
  for (const rect of rects) {
    if (isEmpty(rect)) continue;
    const last = lines.length - 1;
    const line = lines[last];
    const middle = (rect.top + rect.bottom) / 2;
    if (line && middle > line.top && middle < line.bottom) lines[last] = around(line, rect);
    else lines.push(rect);
  }
  return lines;
}

/** The line on which the first painted character from `index` on stands. */
function lineAt(node: Text, index: number, end: number, lines: readonly Rect[], from: number): number {
  for (let place = index; place < end; place += 1) {
    range.setStart(node, place);
    range.setEnd(node, place + 1);
    const rects = rectsOf(range);
    const rect = rects[rects.length - 1];
    if (!rect || isEmpty(rect)) continue;
    const middle = (rect.top + rect.bottom) / 2;
    for (let line = from; line < lines.length; line += 1) {
      const candidate = lines[line];
      if (candidate && middle >= candidate.top && middle <= candidate.bottom
        && rect.left >= candidate.left - 1 && rect.right <= candidate.right + 1) return line;
    }
    return from;
  }
  return lines.length;
}

/** Where each line begins, by binary search; kept while text and line widths stay. */
function lineStarts(node: Text, data: string, start: number, end: number, lines: readonly Rect[]): number[] {
  const key = lines.map((line) => Math.round(line.right - line.left)).join();
  const known = knownBreaks.get(node);
  if (known && known.data === data && known.key === key) return known.starts;
  const starts = [start];
  for (let line = 1; line < lines.length; line += 1) {
    let low = (starts[line - 1] ?? start) + 1;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lineAt(node, middle, end, lines, line - 1) >= line) high = middle;
      else low = middle + 1;
    }
    starts.push(low);
  }
  knownBreaks.set(node, { data, key, starts });
  return starts;
}

function linesOf(node: Text, data: string, start: number, end: number): Line[] {
  if (start === 0 && end === data.length) range.selectNodeContents(node);
  else {
    range.setStart(node, start);
    range.setEnd(node, end);
  }
  const rects = lineRects(rectsOf(range));
  const [first] = rects;
  if (!first) return [];
  if (rects.length === 1) return [{ start, end, rect: first }];
  const starts = lineStarts(node, data, start, end, rects);
  return rects.map((rect, index) => ({ start: starts[index] ?? end, end: starts[index + 1] ?? end, rect }));
}

function rectOf(node: Text, start: number, end: number): Rect | null {
  range.setStart(node, start);
  range.setEnd(node, end);
  const rect = moved(range.getBoundingClientRect());
  return rect.width === 0 ? null : rect;
}

/** The most characters from `start` that end left of `limit`. */
function fitting(node: Text, start: number, end: number, limit: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const rect = rectOf(node, start, middle);
    if (!rect || rect.right <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** As `fitting`, also where all that an ellipsis hides is said to end at the ellipsis, as WebKit does. */
function painted(node: Text, start: number, end: number, limit: number): number {
  const last = fitting(node, start, end, limit);
  const rect = rectOf(node, start, last);
  const first = rect ? fitting(node, start, last, rect.right - 0.5) : last;
  return node.data.slice(first + 1, last).trim() ? first : last;
}

export function maskedItem(rect: Rect, kind: string, colour: number, size: number): Item {
  const width = Math.max(maskedStep, Math.ceil((rect.right - rect.left) / maskedStep) * maskedStep);
  return placed("m", { ...rect, right: rect.left + width }, kind, colour, size);
}

export function textItem(text: string, rect: Rect, style: TextStyle, flags: number): Item {
  return placed("t", rect, limited(text), style.colour, flags, style.size);
}

/** The part of `data` from `start` to `end` without white space round it. */
function trimmed(data: string, start: number, end: number): [number, number] {
  const text = data.slice(start, end);
  return [end - text.trimStart().length, start + text.trimEnd().length];
}

/** One line with its secrets as masked runs between the words that stay. */
function emitLine(node: Text, data: string, line: Line, secrets: readonly Masked[], style: TextStyle, flags: number,
  items: Item[]): void {
  const say = (start: number, end: number, whole?: Rect): void => {
    const text = collapsed(data.slice(start, end)).trim();
    if (!text) return;
    const rect = whole ?? rectOf(node, ...trimmed(data, start, end));
    if (rect) items.push(textItem(transformed(text, style, node), rect, style, flags));
  };
  let from = line.start;
  for (const secret of secrets) {
    if (secret.start >= line.end || secret.end <= line.start) continue;
    if (secret.start > from) say(from, secret.start);
    const rect = rectOf(node, Math.max(secret.start, line.start), Math.min(secret.end, line.end));
    if (rect) items.push(maskedItem(rect, secret.kind, style.colour, style.size));
    from = Math.max(from, Math.min(secret.end, line.end));
  }
  if (from < line.end) say(from, line.end, from === line.start ? line.rect : undefined);
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
/** Far more words than a line of prose has: the rest of a longer one stays unsaid. */
const wordCountMax = 400;

/** Text that does not run from left to right: each word stands where it is painted, its letters in reading order. */
function captureWords(
  node: Text, context: Context, style: TextStyle, start: number, end: number, secrets: readonly Masked[], items: Item[],
): void {
  const { clip, band } = context;
  let count = 0;
  for (const match of node.data.slice(start, end).matchAll(/\S+/g)) {
    if ((count += 1) > wordCountMax) return;
    const word = match[0] ?? "";
    const from = start + (match.index ?? 0);
    const to = from + word.length;
    const rect = rectOf(node, from, to);
    if (!rect || !inReach(rect, band) || !meets(rect, clip)) continue;
    const secret = secrets.find((one) => one.start < to && one.end > from);
    if (context.isMasked || secret) {
      items.push(maskedItem(rect, secret?.kind ?? "private", style.colour, style.size));
      continue;
    }
    const isRightToLeft = rightToLeft.test(word);
    const room = context.hasEllipsis ? style.size * 0.8 : 1;
    const isCut = rect.left < clip.left - 1 || rect.right > clip.right + 1
      || (context.hasEllipsis && isRightToLeft && rect.left < clip.left + room && items.length > 0);
    if (isCut) {
      const last = items[items.length - 1];
      if (context.hasEllipsis && last && last[0] === "t") last[7] = Number(last[7]) | TextFlag.cut;
      if (context.hasEllipsis || !isHalf(rect, clip)) continue;
    }
    const flags = style.flags | (isRightToLeft ? TextFlag.rightToLeft : 0);
    items.push(textItem(transformed(collapsed(word), style, node), rect, style, flags));
  }
}

/** Whether more of `rect` is in `clip` than out of it. */
function isHalf(rect: Rect, clip: Rect): boolean {
  return Math.min(rect.right, clip.right) - Math.max(rect.left, clip.left) > (rect.right - rect.left) / 2;
}

/** The items of one text node. */
export function captureText(node: Text, context: Context, style: TextStyle, items: Item[]): void {
  const data = node.data;
  const [start, end] = trimmed(data, 0, data.length);
  if (start >= end || style.colour === 0) return;
  const { clip, band } = context;
  const secrets = secretsIn(data);
  const count = items.length;
  if (context.isTurned || style.isFromRight || rightToLeft.test(data)) {
    return captureWords(node, context, style, start, end, secrets, items);
  }
  for (const line of linesOf(node, data, start, end)) {
    const { rect } = line;
    if (!inReach(rect, band)) continue;
    const middle = (rect.top + rect.bottom) / 2;
    if (middle < clip.top || middle > clip.bottom || rect.right <= clip.left || rect.left >= clip.right) {
      const last = items[items.length - 1];
      if (middle > clip.bottom && last && items.length > count && last[0] === "t"
        && Number(style.css.getPropertyValue("-webkit-line-clamp")) > 0) {
        last[7] = Number(last[7]) | TextFlag.cut;
      }
      continue;
    }
    if (context.isMasked) {
      items.push(maskedItem(rect, "private", style.colour, style.size));
      continue;
    }
    let flags = style.flags;
    if (rect.right > clip.right + 1 || rect.left < clip.left - 1) {
      if (context.hasEllipsis) flags |= TextFlag.cut;
      const room = context.hasEllipsis ? style.size * 0.8 : 0;
      if (rect.left < clip.left - 1) {
        line.start = Math.min(line.end, fitting(node, line.start, line.end, clip.left) + 1);
      }
      if (rect.right > clip.right + 1) line.end = painted(node, line.start, line.end, clip.right - room);
      const left = rectOf(node, line.start, line.end);
      if (!left) continue;
      line.rect = left;
    }
    emitLine(node, data, line, secrets, style, flags, items);
  }
}

/** Text that a control paints itself, centred in its box: submit buttons, file buttons. */
export function labelItem(text: string, rect: DOMRect, style: CSSStyleDeclaration, context: Context): Item | null {
  const shown = textStyleOf(style, context);
  const words = collapsed(transformed(text, shown, null)).trim();
  if (!words || shown.colour === 0) return null;
  const slack = (rect.height - shown.size * 1.2) / 2;
  const line = { left: rect.left, top: rect.top + slack, right: rect.right, bottom: rect.bottom - slack };
  return textItem(words, line, shown, shown.flags | TextFlag.centred | TextFlag.label);
}
