import { Words } from "./catalogue";
import { en } from "./en";
import { et } from "./et";
import { fi } from "./fi";
import { pl } from "./pl";

const catalogues: Record<string, Words> = { "en": en, "et": et, "fi": fi, "pl": pl };

/** The language of `catalogues` for a page's language tag; English where there is none. */
export function languageFor(tag: string): string {
  const primary = tag.toLowerCase().split("-")[0] ?? "";
  return Object.prototype.hasOwnProperty.call(catalogues, primary) ? primary : "en";
}

export function wordsFor(tag: string): Words {
  return catalogues[languageFor(tag)] ?? en;
}
