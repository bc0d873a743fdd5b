/** The marks of list items, which no node holds. */

import { attribute, bounds, localName } from "../natives";
import { px } from "./geometry";
import { Context, Item } from "./items";
import { textItem, textStyleOf } from "./text";

const bullets: Record<string, string> = { disc: "•", circle: "◦", square: "▪" };

/** The number of an item in its list, as `start`, `value` and `reversed` say. */
function ordinal(item: Element): number {
  const list = item.parentElement;
  const own = parseInt(attribute(item, "value") ?? "", 10);
  if (!isNaN(own) || !list) return own || 1;
  const start = parseInt(attribute(list, "start") ?? "1", 10) || 1;
  let number = start;
  for (let other = list.firstElementChild; other && other !== item; other = other.nextElementSibling) {
    if (localName(other) !== "li") continue;
    const value = parseInt(attribute(other, "value") ?? "", 10);
    number = (isNaN(value) ? number : value) + 1;
  }
  return number;
}

/** The mark left of a list item's first line; `null` where there is none or its form is not known. */
export function markerItem(element: Element, style: CSSStyleDeclaration, context: Context): Item | null {
  const type = style.listStyleType;
  if (type === "none" || style.listStyleImage !== "none" || context.isMasked) return null;
  const text = type === "decimal" ? `${ordinal(element)}.` : bullets[type];
  if (!text) return null;
  const shown = textStyleOf(style, context, "");
  const rect = bounds(element);
  if (rect.top > context.clip.bottom || rect.bottom < context.clip.top) return null;
  const width = text.length * shown.size * 0.55;
  const left = style.listStylePosition === "inside" ? rect.left : rect.left - width - shown.size * 0.4;
  const top = rect.top + px(style.paddingTop);
  const bottom = top + (px(style.lineHeight) || shown.size * 1.2);
  return textItem(text, { left, top, right: left + width, bottom }, shown, shown.flags);
}
