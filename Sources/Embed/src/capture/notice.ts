/** What a rep reads in place of the page, while it is not shown: a view of one line of words. */

import { encodeJSON } from "../natives";

/** Why the page is not shown: it became slow, the shop keeps it to itself, or the shopper left the shop. */
export type Notice = "cost" | "private" | "away";

const sentences: Record<Notice, string> = {
  "cost": "Not shown: sharing made the shopper's browser slow.",
  "private": "The shop does not share this page.",
  "away": "The shopper has gone to {host}. The session waits.",
};

const ink = 0x1c2733ff;
const ground = 0xf3f5f7ff;

/** The keyframe that says so on document `page`; `host` is where the shopper went. */
export function noticeBody(notice: Notice, page: number, host = ""): string {
  const { innerWidth: width, innerHeight: height } = window;
  const line = ["t", 0, 0, width - 40, 24, sentences[notice].replace("{host}", () => host), ink, 0, 18];
  return encodeJSON({
    "page": { "id": page, "url": location.origin, "title": "" },
    "viewport": [width, height], "size": [width, height], "ground": ground, "notice": notice,
    "layers": [[0, 0, 0, 0, 0, width, height, 0, 0]], "blocks": [[1, 0, 20, 40, [line]]],
  });
}

let hidden: RegExp | null = null;

/** Pages whose path is one of `patterns`, separated by white space, are not shown; `*` stands for anything. */
export function hidePages(patterns: string): void {
  const parts = patterns.split(/\s+/).filter((part) => part)
    .map((part) => part.replace(/[^\w*]/g, "\\$&").replace(/\*/g, ".*"));
  hidden = parts.length > 0 ? new RegExp(`^(?:${parts.join("|")})$`, "s") : null;
}

/** Whether the page is one of those now. */
export function isPageHidden(path = location.pathname): boolean {
  return hidden?.test(path) ?? false;
}
