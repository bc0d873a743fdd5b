/** What may not leave the page, wherever it stands: card numbers, IBANs, e-mail addresses, secrets in addresses. */

import { attempt } from "../guard";

export type MaskKind = "text" | "card" | "iban" | "email" | "private";

export interface Masked {
  start: number;
  end: number;
  kind: MaskKind;
}

const suspicious = /\d[\s\S]{0,2}\d[\s\S]{0,2}\d[\s\S]{0,2}\d|[@\uff20]|[A-Za-z]{2}\s?\d\s?\d/;
const digitRun = /\d(?:[\s\u00a0\u2000-\u200f.\-\u2010-\u2015/·_]{0,3}\d){11,}/g;
const ibanRun = /\b[A-Za-z]{2}[\s\u00a0-]?\d[\s\u00a0-]?\d(?:[\s\u00a0\u2000-\u200f-]{0,2}[A-Za-z0-9]){10,44}/g;
const email = /[^\s<>()[\]{},;:"'|@\uff20]+[@\uff20][^\s<>()[\]{},;:"'|@\uff20]+\.[^\s<>()[\]{},;:"'|@\uff20]{2,}/g;

const cardDigitsMin = 12;
const cardDigitsMax = 19;

/** ISO/IEC 7812-1, annex B. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    let digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    if (index % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0 && /[1-9]/.test(digits);
}

/** ISO 13616: the rearranged number, letters as 10 to 35, is 1 modulo 97. */
export function isIBAN(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    for (const digit of parseInt(character, 36).toString()) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1;
}

/** Card numbers may stand beside other digits: every window of a run from a group's begin to a group's end is tried. */
function cardIn(run: string, offset: number, found: Masked[]): void {
  const places = [...run.matchAll(/\d/g)].map((match) => match.index ?? 0);
  const digits = run.replace(/\D/g, "");
  const isBorder = (index: number): boolean => places[index] !== (places[index - 1] ?? -2) + 1;
  for (let first = 0; first + cardDigitsMin <= digits.length; first += 1) {
    if (!isBorder(first)) continue;
    for (let end = Math.min(first + cardDigitsMax, digits.length); end >= first + cardDigitsMin; end -= 1) {
      if (!isBorder(end) || !isLuhn(digits.slice(first, end))) continue;
      found.push({ start: offset + (places[first] ?? 0), end: offset + (places[end - 1] ?? 0) + 1, kind: "card" });
      first = end - 1;
      break;
    }
  }
}

function ibanIn(run: string, offset: number, found: Masked[]): void {
  // Words may follow: an end between two words goes before one within a word.
  for (const isWhole of [true, false]) {
    for (let end = run.length; end >= 15; end -= 1) {
      const isEnd = /\w/.test(run[end - 1] ?? "") && (!isWhole || !/\w/.test(run[end] ?? ""));
      if (isEnd && isIBAN(run.slice(0, end).replace(/\W/g, "").toUpperCase())) {
        found.push({ start: offset, end: offset + end, kind: "iban" });
        return;
      }
    }
  }
}

/** What of `text` must be masked, in order and without overlap. */
export function secretsIn(text: string): Masked[] {
  if (!suspicious.test(text)) return [];
  const found: Masked[] = [];
  if (/[@\uff20]/.test(text)) {
    for (const { 0: run = "", index = 0 } of text.matchAll(email)) {
      found.push({ start: index, end: index + run.length, kind: "email" });
    }
  }
  for (const { 0: run = "", index = 0 } of text.matchAll(ibanRun)) ibanIn(run, index, found);
  for (const { 0: run = "", index = 0 } of text.matchAll(digitRun)) cardIn(run, index, found);
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = -1;
  return found.filter((masked) => {
    const isNew = masked.end > end;
    masked.start = Math.max(masked.start, end);
    if (isNew) end = masked.end;
    return isNew;
  });
}

/** `text` with every secret as bullets of one length: for titles, names and alternatives. */
export function scrubbed(text: string): string {
  // From the last to the first: places before a change stay.
  return secretsIn(text).reduceRight(
    (clean, { start, end }) => `${clean.slice(0, start)}•••${clean.slice(end)}`, text);
}

/** A path segment that looks drawn by lot: a token of a magic link, an order's secret. */
function isToken(segment: string): boolean {
  return segment.length >= 20 && /\d/.test(segment) && /[A-Za-z]/.test(segment) && !/[a-z]{3,}-[a-z]{2,}/.test(segment);
}

/** An address without fragment, credentials, query values, and without secrets in its path. */
export function scrubbedAddress(address: string): string {
  const url = attempt(() => new URL(address), null);
  if (!url) return "";
  if (!/^https?:$/.test(url.protocol)) return url.protocol;
  const path = url.pathname.split("/").map((segment) => {
    const plain = attempt(() => decodeURIComponent(segment), segment);
    return isToken(plain) || secretsIn(plain).length > 0 ? "•••" : segment;
  }).join("/");
  const keys = [...url.searchParams.keys()].filter((key) => key && !isToken(key) && secretsIn(key).length === 0);
  const query = keys.map((key) => `${encodeURIComponent(key)}=`).join("&");
  return url.origin + path + (query ? `?${query}` : "");
}
