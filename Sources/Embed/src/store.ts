/** What this tab remembers of its session over navigation and reload: `sessionStorage`, nothing else. */

import { attempt } from "./guard";
import { decodeJSON, encodeJSON } from "./natives";

const key = "alongside";

export interface Memory {
  /** The session's id; empty before the first `welcome`. */
  session: string;
  resume: string;
  /** The last talk sequence sent. */
  talk: number;
  /** When consent was given, milliseconds since 1970; 0 when it was not. */
  consentedAt: number;
  /** The language of the text the shopper read. */
  language: string;
  /** Documents of the session so far. */
  page: number;
  /** Whether another tab may hold the session by now: a copied tab finds it set. */
  isHeld: boolean;
  /** Whether the text the shopper agreed to said that the session is recorded. */
  isRecordingTold: boolean;
  /** Grows by one whenever the session goes on in another tab; 1 in the first. */
  tab: number;
}

export type Kept = [string, string, number, number, string, number, boolean, boolean, number];

/** Stands in where the page may not use `sessionStorage`. */
let fallback: Memory | null = null;

/** A memory as it is kept, and as it goes to another tab: its members in their order above. */
export function packed(memory: Memory): Kept {
  return Object.values(memory) as Kept;
}

export function unpacked(kept: Kept): Memory {
  const [session, resume, talk, consentedAt, language, page, isHeld, isRecordingTold, tab] = kept;
  return { session, resume, talk, consentedAt, language, page, isHeld, isRecordingTold, tab };
}

export function recall(): Memory | null {
  const text = attempt(() => window.sessionStorage.getItem(key), undefined);
  if (text === undefined) return fallback;
  return attempt(() => text && unpacked(decodeJSON(text) as Kept), null) || null;
}

export function remember(memory: Memory): void {
  fallback = memory;
  attempt(() => window.sessionStorage.setItem(key, encodeJSON(packed(memory))), undefined);
}

export function forget(): void {
  fallback = null;
  attempt(() => window.sessionStorage.removeItem(key), undefined);
}
