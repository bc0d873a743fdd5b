/** What of a page may be shown. All that is typed is masked unless the site shows the field; some is never shown. */

import { attribute, hasAttribute } from "../natives";
import { secretsIn } from "./scrub";

const neverByAutocomplete = /(?:^|\s)(?:cc-\S+|one-time-code|\S*-password)(?:\s|$)/;
const neverByName =
  /pass|pwd|kennwort|salasana|parool|has[lł]o|\bpin\b|cvc|cvv|csc|card.?n|iban|\bssn\b|otp|secur|secret|token/i;
/** A shown field with so many digits may be a card number that is not typed to its end. */
const digitCountMax = 7;

/** Fields that were ever seen as passwords: a toggle or a swap does not undress them. */
const passwords = new WeakSet<Element>();
const passwordKeys = new Set<string>();

/** The attributes, a space between them; an absent one is empty. */
function read(element: Element, names: string[]): string {
  return names.map((name) => attribute(element, name)).join(" ");
}

function keyOf(element: Element): string {
  return read(element, ["name", "id"]);
}

/** Whether an input is or was a password; remembers it by element and by name. */
export function isPassword(element: Element, type: string): boolean {
  const key = keyOf(element);
  if (type === "password") {
    passwords.add(element);
    if (key !== " ") passwordKeys.add(key);
    return true;
  }
  return passwords.has(element) || (key !== " " && passwordKeys.has(key));
}

/** A password is remembered before it is seen: its toggle may be pressed first. */
export function rememberPasswords(root: ParentNode): void {
  for (const element of root.querySelectorAll("input[type=password]")) isPassword(element, "password");
}

/** Whether a field is filled by the browser with what is never shown. */
export function isSecretFill(element: Element): boolean {
  return neverByAutocomplete.test((attribute(element, "autocomplete") ?? "").toLowerCase());
}

/** Whether a field is never shown, whatever the site says. */
export function isSecretField(element: Element, type: string): boolean {
  if (isPassword(element, type) || isSecretFill(element)) return true;
  return neverByName.test(read(element, ["name", "id", "aria-label", "placeholder"]));
}

/** Whether a value may be shown in a field that the site shows. */
export function isShowableValue(value: string): boolean {
  return value.replace(/\D/g, "").length <= digitCountMax && secretsIn(value).length === 0;
}

export type Verdict = "block" | "mask" | "show" | "inherit";

/** What the site's attributes say of an element and what is in it. */
export function verdictOf(element: Element): Verdict {
  if (hasAttribute(element, "data-alongside-block")) return "block";
  if (hasAttribute(element, "data-alongside-mask")) return "mask";
  if (hasAttribute(element, "data-alongside-show")) return "show";
  return "inherit";
}
