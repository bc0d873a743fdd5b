/** Numbers that style sheets count and no node holds: list ordinals and CSS counters, written as their style says. */

import { styleOf } from "../natives";

/** A page that counts more elements than this is not counted: the numbers would cost more than they tell. */
const countedMax = 3000;

type Values = Map<Element, number>;
const known = new Map<Element, Map<string, Values>>();

/** A new pass counts anew. */
export function beginCounters(): void {
  known.clear();
}

/** The number after `name` in a computed `counter-reset` or `counter-increment`. */
function numberFor(list: string, name: string): number | null {
  const parts = list.split(" ");
  const place = parts.indexOf(name);
  return place < 0 ? null : Number(parts[place + 1] ?? 0) || 0;
}

function changeIn(element: Element, name: string): number {
  let sum = numberFor(styleOf(element).counterIncrement, name) ?? 0;
  sum += numberFor(styleOf(element, "::before").counterIncrement, name) ?? 0;
  return sum;
}

/** The value at each element of the scope that `root` opens. */
function valuesIn(root: Element, name: string): Values {
  let byName = known.get(root);
  if (!byName) known.set(root, byName = new Map());
  const before = byName.get(name);
  if (before) return before;
  const values: Values = new Map();
  let value = numberFor(styleOf(root).counterReset, name) ?? 0;
  let count = 0;
  const walk = (element: Element): void => {
    value += changeIn(element, name);
    values.set(element, value);
    if (element !== root && numberFor(styleOf(element).counterReset, name) !== null) return;
    for (const child of element.children) {
      if ((count += 1) > countedMax) return;
      walk(child);
    }
  };
  walk(root);
  byName.set(name, values);
  return values;
}

/** The values of the counter `name` at an element, from the outermost scope to the innermost. */
function valuesAt(element: Element, name: string): number[] {
  const found: number[] = [];
  for (let up: Element | null = element; up; up = up.parentElement) {
    const isScope = numberFor(styleOf(up).counterReset, name) !== null;
    if (isScope || up.parentElement === null) {
      const value = valuesIn(up, name).get(element);
      if (value !== undefined && (isScope || found.length === 0)) found.unshift(value);
    }
  }
  return found;
}

/** The letters of one decimal digit: how far each stands from the unit's own. */
const romanSteps = " 0 00 000 01 1 10 100 1000 02".split(" ");

function roman(number: number): string {
  return [...String(number)].reverse().map((digit, place) =>
    (romanSteps[Number(digit)] ?? "").replace(/./g, (step) => "ivxlcdm"[place * 2 + Number(step)] ?? ""),
  ).reverse().join("");
}

function alphabetic(number: number): string {
  let text = "";
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(97 + ((rest - 1) % 26)) + text;
  }
  return text;
}

/** `number` in a counter style; decimal where the style is not known. */
export function written(number: number, type: string): string {
  if (number < 1 || number > 3999) return String(number);
  const text = type.endsWith("-roman") ? roman(number)
    : /-(?:alpha|latin)$/.test(type) ? alphabetic(number)
    : String(number).padStart(type === "decimal-leading-zero" ? 2 : 1, "0");
  return type.startsWith("upper-") ? text.toUpperCase() : text;
}

/** The words of a computed `content`: strings and counters; images and quotation marks are not known. */
export function wordsOf(content: string, element: Element): string {
  let words = "";
  const parts = content.matchAll(/"((?:[^"\\]|\\.)*)"|counters?\(([^)]*)\)|(open|close)-quote/g);
  for (const [, text, counter, quote] of parts) {
    if (text !== undefined) words += text.replace(/\\(.)/g, "$1");
    else if (quote) words += quote === "open" ? "“" : "”";
    else if (counter !== undefined) {
      const [name = "", second = "", third = ""] = counter.split(/,\s*/);
      const isNested = second.startsWith("\"");
      const values = valuesAt(element, name.trim());
      const shown = (isNested ? values : values.slice(-1)).map((value) => written(value, isNested ? third : second));
      words += shown.join(isNested ? second.slice(1, -1) : "");
    }
  }
  return words;
}
