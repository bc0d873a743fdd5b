/** Form controls: what they are, their state, and their value only where the site shows it. */

import { attempt } from "../guard";
import { areaValue, attribute, firstChild, hasAttribute, inputValue, localName, matches, nextSibling, nodeType, styleOf,
} from "../natives";
import { borderOf, boxItems, fillOf } from "./boxes";
import { colourOf, faded } from "./colour";
import { px } from "./geometry";
import { collapsed, Context, ControlState, Item, limited, placed } from "./items";
import { isPassword, isSecretField, isShowableValue } from "./policy";
import { scrubbed } from "./scrub";
import { labelItem } from "./text";

const types: Record<string, string> = {
  "password": "password", "checkbox": "check", "radio": "radio", "range": "range", "file": "file", "color": "colour",
  "date": "date", "time": "date", "month": "date", "week": "date", "datetime-local": "date",
};

const nameBytesMax = 80;

/** The words of a label without those of the controls in it. */
function labelText(node: Node, room: number): string {
  let text = "";
  for (let child = firstChild(node); child && text.length < room; child = nextSibling(child)) {
    if (nodeType(child) === 3) text += (child as Text).data;
    else if (nodeType(child) === 1 && !/^(?:select|textarea|input|button|script|style|svg)$/.test(localName(child))) {
      text += ` ${labelText(child, room - text.length)}`;
    }
  }
  return text;
}

function nameOf(element: Element): string {
  const label = attribute(element, "aria-label");
  if (label) return label;
  const ids = attribute(element, "aria-labelledby");
  if (ids) {
    const part = document.getElementById(ids.trim().split(/\s+/)[0] ?? "");
    if (part) return labelText(part, nameBytesMax);
  }
  const labels = attempt(() => (element as HTMLInputElement).labels, null);
  const first = labels?.[0];
  if (first) return labelText(first, nameBytesMax);
  return attribute(element, "title") ?? attribute(element, "placeholder") ?? "";
}

function cleanName(element: Element, context: Context): string {
  return context.isMasked ? "" : scrubbed(collapsed(nameOf(element)).trim()).slice(0, nameBytesMax);
}

function commonState(element: Element): number {
  let state = 0;
  if (matches(element, ":focus")) state |= ControlState.focused;
  if (matches(element, ":disabled")) state |= ControlState.disabled;
  // `:user-invalid` is what the shopper was told of; `:invalid` alone is true of every untouched required field.
  const isRefused = matches(element, "[aria-invalid=true]") || attempt(() => matches(element, ":user-invalid"), false);
  if (isRefused) state |= ControlState.invalid;
  if (matches(element, ":required,[aria-required=true]")) state |= ControlState.required;
  if (hasAttribute(element, "readonly")) state |= ControlState.readOnly;
  return state;
}

interface Content {
  type: string;
  state: number;
  value: string;
  hint: string;
}

/** A value as shown or as masked: a masked one tells only whether it is empty. */
function typed(element: Element, type: string, value: string, rawType: string, context: Context): Content {
  const hint = context.isMasked ? "" : scrubbed(attribute(element, "placeholder") ?? "");
  const isSecret = isSecretField(element, rawType);
  const isShown = context.isShown && !context.isMasked && !isSecret && isShowableValue(value);
  let state = value === "" ? ControlState.empty : 0;
  if (!isShown) state |= ControlState.masked;
  return { type, state, value: isShown ? value : "", hint };
}

function chosen(element: HTMLSelectElement, context: Context): Content {
  const option = element.selectedOptions[0];
  const words = collapsed(option?.label ?? "").trim();
  const isEmpty = !option || option.value === "";
  const isShown = context.isShown && !context.isMasked && !isSecretField(element, "select") && isShowableValue(words);
  const state = (isEmpty ? ControlState.empty : 0) | (isShown ? 0 : ControlState.masked);
  // The words of the option that stands for no choice are the site's, not the shopper's.
  const hint = isEmpty && !context.isMasked ? scrubbed(words) : "";
  return { type: "select", state, value: isShown && !isEmpty ? words : "", hint };
}

function content(element: Element, name: string, context: Context): Content {
  if (name === "select") return chosen(element as HTMLSelectElement, context);
  if (name === "textarea") return typed(element, "area", areaValue(element), "area", context);
  const input = element as HTMLInputElement;
  const rawType = input.type;
  const type = isPassword(element, rawType) ? "password" : types[rawType] ?? "text";
  if (type === "check" || type === "radio") {
    const isMixed = type === "check" && input.indeterminate;
    const state = (input.checked ? ControlState.checked : 0) | (isMixed ? ControlState.mixed : 0);
    return { type, state, value: "", hint: "" };
  }
  if (type === "file") {
    const state = ControlState.masked | (inputValue(input) === "" ? ControlState.empty : 0);
    return { type, state, value: "", hint: "" };
  }
  return typed(element, type, inputValue(input), rawType, context);
}

function controlItem(
  element: Element, found: Content, rect: DOMRect, style: CSSStyleDeclaration, context: Context,
): Item {
  const { opacity } = context;
  const item = placed(
    "f", rect, found.type, found.state | commonState(element), limited(found.value), limited(found.hint),
    fillOf(style, opacity), borderOf(style, opacity), faded(colourOf(style.color), opacity),
    Math.round(px(style.fontSize)));
  const name = cleanName(element, context);
  if (name) item.push(name);
  return item;
}

/** The items of `input`, `select` and `textarea`. */
export function captureControl(
  element: Element, name: string, rect: DOMRect, style: CSSStyleDeclaration, context: Context, items: Item[],
): void {
  if (rect.width < 1 || rect.height < 1) return;
  const type = name === "input" ? (element as HTMLInputElement).type : "";
  if (type === "hidden") return;
  if (type === "submit" || type === "button" || type === "reset") {
    items.push(...boxItems(() => [rect], style, context));
    const text = inputValue(element) || (type === "submit" ? "Submit" : type === "reset" ? "Reset" : "");
    const label = context.isMasked ? null : labelItem(scrubbed(text), rect, style, context);
    if (label) items.push(label);
    return;
  }
  if (type === "image") {
    const alternative = context.isMasked ? "" : scrubbed(attribute(element, "alt") ?? "");
    items.push(placed("i", rect, "image", alternative, 0));
    return;
  }
  items.push(controlItem(element, content(element, name, context), rect, style, context));
}

/** A text that the shopper edits in place: a field whose value is masked. */
export function captureEditable(element: Element, rect: DOMRect, items: Item[], context: Context): void {
  const isEmpty = (element.textContent ?? "").trim() === "";
  const state = ControlState.masked | (isEmpty ? ControlState.empty : 0);
  const hint = attribute(element, "aria-placeholder") ?? "";
  const found = { type: "area", state, value: "", hint: context.isMasked ? "" : scrubbed(hint) };
  items.push(controlItem(element, found, rect, styleOf(element), context));
}
