/** What `clip-path` leaves of a rectangle, as a rectangle: other shapes by the box around them. */

import { common, Rect } from "./geometry";

function length(text: string, whole: number): number {
  const number = parseFloat(text) || 0;
  return text.endsWith("%") ? (number / 100) * whole : number;
}

/** `clip` cut further by a computed `clip-path` on the box `rect`. */
export function clippedBy(path: string, rect: Rect, clip: Rect): Rect {
  const inset = /^inset\(([^)]*?)(?: round [^)]*)?\)/.exec(path);
  if (!inset) return clip;
  const parts = (inset[1] ?? "").trim().split(/\s+/);
  const [top = "0", right = top, bottom = top, left = right] = parts;
  const width = rect.right - rect.left;
  const height = rect.bottom - rect.top;
  return common(clip, {
    left: rect.left + length(left, width), top: rect.top + length(top, height),
    right: rect.right - length(right, width), bottom: rect.bottom - length(bottom, height),
  });
}
