/** What of the page is captured: what is round the viewport, and the places that reps look at. */

import { band, common, everywhere, meets, Rect } from "./geometry";

/** As many places as a few reps look at; the one asked for longest ago makes room. */
const placeCountMax = 4;
/** A place that nobody asks for again is forgotten: a rep may leave without a word. */
const placeDurationMax = 30_000;

/** What is captured, in the viewport's px: a rectangle, and more of them. */
export interface Band extends Rect {
  places?: readonly Rect[];
}

/** Whether `rect` is in what is captured, as far as `clip` lets it paint. */
export function inReach(rect: Rect, reach: Band, clip: Rect = everywhere): boolean {
  const isIn = (part: Rect): boolean => meets(rect, part) && meets(rect, common(clip, part));
  return isIn(reach) || (reach.places?.some(isIn) ?? false);
}

/** 0 in reach or nowhere; else a number that is the same for all that lies between the same parts of the reach. */
export function sideOf(rect: Rect, reach: Band): number {
  if (rect.right === rect.left && rect.bottom === rect.top) return 0;
  let side = 1;
  for (const part of [reach, ...reach.places ?? []]) {
    if (rect.bottom >= part.top && rect.top <= part.bottom) return 0;
    side = side * 2 + (rect.bottom < part.top ? 0 : 1);
  }
  return side;
}

/** The places that reps look at. */
export class Places {
  private all: { top: number; bottom: number; until: number }[] = [];

  /** A rep looks at what lies from `top` to `bottom` in the document; true when that is news. */
  add(top: number, bottom: number, now: number): boolean {
    const live = this.all.filter((place) => place.until > now);
    const others = live.filter((place) => place.top !== top || place.bottom !== bottom);
    const isNew = others.length === live.length;
    this.all = [...others, { top, bottom, until: now + placeDurationMax }].slice(-placeCountMax);
    return isNew;
  }

  /** Forgets all; true when there were any. */
  clear(): boolean {
    const wereAny = this.all.length > 0;
    this.all = [];
    return wereAny;
  }

  /** What is captured round `viewport` in a document that is scrolled so. */
  band(viewport: Rect, scrollX: number, scrollY: number, now: number): Band {
    const places = this.all.filter(({ until }) => until > now).map(({ top, bottom }) => ({
      left: -1e7, right: 1e7, top: top - scrollY, bottom: bottom - scrollY,
    }));
    const near = band(viewport, scrollX, scrollY);
    return places.length > 0 ? { ...near, places } : near;
  }
}

/** The member `reach` of a view: rectangles of the document. */
export function reachJSON(reach: Band, scrollX: number, scrollY: number, width: number, height: number): string {
  const rects = [reach, ...reach.places ?? []].map((part) => {
    const left = Math.max(0, Math.round(part.left + scrollX));
    const top = Math.max(0, Math.round(part.top + scrollY));
    const right = Math.min(Math.round(width), Math.round(part.right + scrollX));
    const bottom = Math.min(Math.round(height), Math.round(part.bottom + scrollY));
    return `[${left},${top},${Math.max(0, right - left)},${Math.max(0, bottom - top)}]`;
  });
  return `[${rects.join()}]`;
}
