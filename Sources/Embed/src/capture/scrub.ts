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

/** Card numbers may stand beside other digits: every window of a run that begins at a group's first digit is tried. */
function cardIn(run: string, offset: number, found: Masked[]): void {
  const places: number[] = [];
  for (let index = 0; index < run.length; index += 1) {
    const code = run.charCodeAt(index);
    if (code >= 48 && code <= 57) places.push(index);
  }
  const digits = places.map((place) => run[place]).join("");
  let first = 0;
  while (first + cardDigitsMin <= digits.length) {
    const isGroupStart = first === 0 || (places[first] ?? 0) !== (places[first - 1] ?? 0) + 1;
    const length = isGroupStart ? cardLength(digits, places, first) : 0;
    if (length > 0) {
      found.push({
        start: offset + (places[first] ?? 0), end: offset + (places[first + length - 1] ?? 0) + 1, kind: "card",
      });
      first += length;
    } else {
      first += 1;
    }
  }
}

function cardLength(digits: string, places: number[], first: number): number {
  for (let length = Math.min(cardDigitsMax, digits.length - first); length >= cardDigitsMin; length -= 1) {
    const last = first + length - 1;
    const isGroupEnd = last + 1 === digits.length || (places[last + 1] ?? 0) !== (places[last] ?? 0) + 1;
    if (isGroupEnd && isLuhn(digits.slice(first, first + length))) return length;
  }
  return 0;
}

function ibanIn(run: string, offset: number, found: Masked[]): void {
  // Words may follow: an end between two words goes before one within a word.
  for (const isWhole of [true, false]) {
    for (let end = run.length; end >= 15; end -= 1) {
      const isEnd = /[A-Za-z0-9]/.test(run[end - 1] ?? "") && (!isWhole || !/[A-Za-z0-9]/.test(run[end] ?? ""));
      if (isEnd && isIBAN(run.slice(0, end).replace(/[^A-Za-z0-9]/g, "").toUpperCase())) {
        found.push({ start: offset, end: offset + end, kind: "iban" });
        return;
      }
    }
  }
}

function matchesOf(text: string, pattern: RegExp): { words: string; start: number }[] {
  return [...text.matchAll(pattern)].map((match) => ({ words: match[0] ?? "", start: match.index ?? 0 }));
}

/** What of `text` must be masked, in order and without overlap. */
export function secretsIn(text: string): Masked[] {
  if (!suspicious.test(text)) return [];
  const found: Masked[] = [];
  for (const match of matchesOf(text, email)) {
    found.push({ start: match.start, end: match.start + match.words.length, kind: "email" });
  }
  for (const match of matchesOf(text, ibanRun)) ibanIn(match.words, match.start, found);
  for (const match of matchesOf(text, digitRun)) cardIn(match.words, match.start, found);
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
  const secrets = secretsIn(text);
  if (secrets.length === 0) return text;
  let clean = "";
  let from = 0;
  for (const secret of secrets) {
    clean += `${text.slice(from, secret.start)}•••`;
    from = secret.end;
  }
  return clean + text.slice(from);
}

/** A path segment that looks drawn by lot: a token of a magic link, an order's secret. */
function isToken(segment: string): boolean {
  return segment.length >= 20 && /\d/.test(segment) && /[A-Za-z]/.test(segment) && !/[a-z]{3,}-[a-z]{2,}/.test(segment);
}

/** An address without fragment, credentials, query values, and without secrets in its path. */
export function scrubbedAddress(address: string): string {
  const url = attempt(() => new URL(address), null);
  if (!url) return "";
  if (url.protocol !== "http:" && url.protocol !== "https:") return url.protocol;
  const path = url.pathname.split("/").map((segment) => {
    const plain = attempt(() => decodeURIComponent(segment), segment);
    return isToken(plain) || secretsIn(plain).length > 0 ? "•••" : segment;
  }).join("/");
  const keys = [...url.searchParams.keys()].filter((key) => key && !isToken(key) && secretsIn(key).length === 0);
  const query = keys.map((key) => `${encodeURIComponent(key)}=`).join("&");
  return url.origin + path + (query ? `?${query}` : "");
}
