/** The marks of list items, which no node holds. */

import { attribute, localName } from "../natives";
import { written } from "./counters";
import { bounds } from "./frames";
import { px } from "./geometry";
import { Context, Item } from "./items";
import { textItem, textStyleOf } from "./text";

const bullets: Record<string, string> = {
  "disc": "•", "circle": "◦", "square": "▪", "disclosure-open": "▾", "disclosure-closed": "▸",
};

/** The number of an item in its list, as `start`, `value` and `reversed` say. */
function ordinal(item: Element): number {
  const list = item.parentElement;
  const own = parseInt(attribute(item, "value") ?? "", 10);
  if (!isNaN(own) || !list) return own || 1;
  const isReversed = attribute(list, "reversed") !== null;
  const count = isReversed ? list.querySelectorAll(":scope>li").length : 1;
  const step = isReversed ? -1 : 1;
  let number = parseInt(attribute(list, "start") ?? "", 10);
  if (isNaN(number)) number = count;
  for (let other = list.firstElementChild; other && other !== item; other = other.nextElementSibling) {
    if (localName(other) !== "li") continue;
    const value = parseInt(attribute(other, "value") ?? "", 10);
    number = (isNaN(value) ? number : value) + step;
  }
  return number;
}

function markOf(element: Element, type: string): string {
  const words = /^"(.*)"$/.exec(type);
  return bullets[type] ?? (words ? words[1] ?? "" : `${written(ordinal(element), type)}.`);
}

/** The mark beside a list item's first line; `null` where there is none. */
export function markerItem(element: Element, style: CSSStyleDeclaration, context: Context): Item | null {
  const type = style.listStyleType;
  if (type === "none" || style.listStyleImage !== "none" || context.isMasked) return null;
  const text = markOf(element, type).trim();
  if (!text) return null;
  const shown = textStyleOf(style, context);
  const rect = bounds(element);
  if (rect.top > context.clip.bottom || rect.bottom < context.clip.top) return null;
  const width = text.length * shown.size * 0.55;
  const gap = shown.size * 0.4;
  const isInside = style.listStylePosition === "inside";
  const before = isInside ? 0 : -width - gap;
  const left = style.direction === "rtl" ? rect.right - before - width : rect.left + before;
  const top = rect.top + px(style.paddingTop);
  const bottom = top + (px(style.lineHeight) || shown.size * 1.2);
  return textItem(text, { left, top, right: left + width, bottom }, shown, shown.flags);
}
