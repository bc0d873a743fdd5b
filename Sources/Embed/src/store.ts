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
  /** Whether a document holds the session now: a copied tab finds it set. */
  isHeld: boolean;
  /** Whether the text the shopper agreed to said that the session is recorded. */
  isRecordingTold: boolean;
}

type Kept = [string, string, number, number, string, number, boolean, boolean];

let fallback: Memory | null = null;

export function recall(): Memory | null {
  const text = attempt(() => window.sessionStorage.getItem(key), null);
  if (text === null) return fallback;
  return attempt(() => {
    const [session, resume, talk, consentedAt, language, page, isHeld, isRecordingTold] = decodeJSON(text) as Kept;
    return { session, resume, talk, consentedAt, language, page, isHeld, isRecordingTold };
  }, null);
}

export function remember(memory: Memory): void {
  fallback = memory;
  const { session, resume, talk, consentedAt, language, page, isHeld, isRecordingTold } = memory;
  const kept = [session, resume, talk, consentedAt, language, page, isHeld, isRecordingTold];
  attempt(() => window.sessionStorage.setItem(key, encodeJSON(kept)), undefined);
}

export function forget(): void {
  fallback = null;
  attempt(() => window.sessionStorage.removeItem(key), undefined);
}
