/** Words and marks that a style sheet adds before and after an element's content, where their place is known. */

import { firstChild, nodeType, styleOf } from "../natives";
import { boxItems } from "./boxes";
import { wordsOf } from "./counters";
import { bounds, rectsOf } from "./frames";
import { common, isEmpty, px, Rect } from "./geometry";
import { collapsed, Context, Item } from "./items";
import { scrubbed } from "./scrub";
import { textItem, textStyleOf } from "./text";

const range = document.createRange();

/** The space between an element's edge and its content, which an inline pseudo-element fills. */
function gap(element: Element, which: string, width: number): Rect | null {
  const first = firstChild(element);
  const style = styleOf(element);
  const rect = bounds(element);
  range.selectNodeContents(element);
  const rects = first ? rectsOf(range) : null;
  const edge = rects && rects.length > 0 ? rects[which === "::before" ? 0 : rects.length - 1] : null;
  if (!edge) {
    const left = rect.left + px(style.borderLeftWidth) + px(style.paddingLeft);
    return { left, top: rect.top, right: Math.min(left + width, rect.right), bottom: rect.bottom };
  }
  if (first && nodeType(first) === 1 && edge.width === 0) return null;
  return which === "::before"
    ? { left: edge.left - width, top: edge.top, right: edge.left, bottom: edge.bottom }
    : { left: edge.right, top: edge.top, right: edge.right + width, bottom: edge.bottom };
}

function positioned(element: Element, style: CSSStyleDeclaration, width: number, height: number): Rect | null {
  const own = styleOf(element);
  if (own.position === "static") return null;
  const rect = bounds(element);
  const left = rect.left + px(own.borderLeftWidth) + px(style.left) + px(style.marginLeft);
  const top = rect.top + px(own.borderTopWidth) + px(style.top) + px(style.marginTop);
  return { left, top, right: left + width, bottom: top + height };
}

/** The items of one pseudo-element; none where its place cannot be told. */
export function pseudoItem(element: Element, which: "::before" | "::after", context: Context): Item[] {
  const style = styleOf(element, which);
  const { content } = style;
  if (content === "none" || content === "normal" || content === "" || style.display === "none") return [];
  if (style.opacity === "0" || style.visibility === "hidden") return [];
  const words = collapsed(scrubbed(wordsOf(content, element)));
  const size = Math.round(px(style.fontSize));
  const width = px(style.width) || words.length * size * 0.5;
  const height = px(style.height) || size * 1.2;
  const isPlaced = style.position === "absolute";
  // A box of its own in the line, such as the circle round a step's number.
  const isSized = style.display === "inline-block" && px(style.width) > 0;
  if (style.position === "fixed") return [];
  let rect = isPlaced ? positioned(element, style, width, height)
    : words.trim() || isSized ? gap(element, which, width) : null;
  if (!rect) return [];
  if (!isPlaced) {
    const left = rect.left + (which === "::before" ? -px(style.marginRight) : px(style.marginLeft));
    const top = isSized ? (rect.top + rect.bottom - height) / 2 : rect.top;
    rect = { left, top, right: left + width, bottom: isSized ? top + height : rect.bottom };
  }
  const place = rect;
  const items = isPlaced || isSized ? boxItems(() => [place], style, context) : [];
  const shown = textStyleOf(style, context);
  const seen = common(rect, context.clip);
  const isCut = isEmpty(seen) || seen.right - seen.left < (rect.right - rect.left) / 2
    || (context.hasEllipsis && rect.right > context.clip.right + 1);
  // Letters of the private use area are an icon font's drawings.
  if (words.trim() && shown.colour !== 0 && !isCut && !/[\ue000-\uf8ff]/.test(words)) {
    items.push(textItem(words.trim(), rect, shown, shown.flags));
  }
  return items;
}
