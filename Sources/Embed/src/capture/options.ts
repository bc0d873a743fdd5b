/** The list that a `select` opens. The browser paints it outside the page: what opens and closes it tells of it. */

import { attempt } from "../guard";
import { listed, localName, matches } from "../natives";
import { fillOf } from "./boxes";
import { Rect } from "./geometry";
import { collapsed, Context, Item, placed } from "./items";
import { isSecretField, isShowableValue } from "./policy";
import { maskedItem, textItem, textStyleOf } from "./text";

/** Browsers show about so many options at a time. */
const optionCountMax = 20;
const chosenFill = 0xb3d4fcff;

/** The list that was pressed last and, as far as is known, not closed since. */
let pressed: Element | null = null;
/** The list that the last look found open. */
let drawn: Element | null = null;

/** Whether a list is open: newer browsers know. */
export function isListOpen(list: Element): boolean {
  return attempt(() => matches(list, ":open"), pressed === list);
}

export function isListDrawn(list: Element): boolean {
  return drawn === list;
}

/** The `select` that an event tells of; `null` for others. */
export function heardList(event: Event): Element | null {
  const target = event.composedPath()[0] as Element;
  if (!attempt(() => localName(target) === "select", false)) return null;
  pressed = event.type === "pointerdown" && event.isTrusted && pressed !== target ? target : null;
  return target;
}

/** The open list of `element`, the box round it first; options are shown where the site shows the field. */
export function listItems(
  element: Element, rect: DOMRect, style: CSSStyleDeclaration, context: Context, height: number,
): Item[] {
  const list = element as HTMLSelectElement;
  if (list.multiple || list.size > 1 || !isListOpen(list)) {
    if (drawn === list) drawn = null;
    return [];
  }
  drawn = list;
  const look = textStyleOf(style, context);
  const isShown = context.isShown && !context.isMasked && !isSecretField(element, "select");
  const all = listed(list.options).filter((option) => !option.hidden);
  const first = Math.max(0, Math.min(list.selectedIndex - optionCountMax / 2, all.length - optionCountMax));
  const options = all.slice(isShown ? first : 0).slice(0, optionCountMax);
  const step = look.size * 1.5;
  const whole = step * options.length;
  let top = rect.bottom + whole > height && rect.top > whole ? rect.top - whole : rect.bottom;
  const line = (margin: number): Rect => (
    { left: rect.left + margin, right: rect.right - margin, top, bottom: top + step });
  const items = [
    placed("b", { ...line(0), bottom: top + whole }, fillOf(style, 1) || 0xffffffff, [1, look.colour]),
  ];
  for (const option of options) {
    const words = collapsed(option.label).trim();
    if (isShown && isShowableValue(words)) {
      if (option.selected) items.push(placed("b", line(1), chosenFill));
      items.push(textItem(words, line(8), look, 0));
    } else items.push(maskedItem(line(8), "private", look.colour, look.size));
    top += step;
  }
  return items;
}
