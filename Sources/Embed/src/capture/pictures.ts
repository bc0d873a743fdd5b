/** Images and other pixels: a rectangle, words and an average colour. */

import { attempt } from "../guard";
import { attribute, localName, styleOf } from "../natives";
import { canvasSize, colourOf, faded } from "./colour";
import { Colours, coloursOf, meanOfMoving, noColours } from "./colours";
import { common, isEmpty, Rect } from "./geometry";
import { collapsed, Context, Item, limited, placed } from "./items";
import { scrubbed } from "./scrub";

/** Pixels of new images are read for so many in a pass: the first decode of a large one is slow. */
const newColourCountMax = 6;
const iconSizeMax = 32;

/** What is known of an image: by its number a rep asks for a finer picture. */
interface Known extends Colours {
  source: string;
  number: number;
  fine?: Colours;
}

const unknown: Known = { ...noColours, source: "", number: 0 };
const known = new WeakMap<Element, Known>();
let newColourCount = 0;
let imageCount = 0;
/** Images that reps asked for; the one asked for longest ago makes room. */
const fineCountMax = 4;
/** Px of the page to one colour of theirs; so many a side as the canvas has. */
const fineStep = 4;
let wanted: number[] = [];

/** The image of this number is sent finer from the next look on, as long as it is among the last few asked for. */
export function refine(number: number): void {
  wanted = [...wanted, number].slice(-fineCountMax);
}

/** A new pass may read new images. */
export function beginPictures(): void {
  newColourCount = 0;
}

/** Whether this pass had to leave some images to the next. */
export function arePicturesLeft(): boolean {
  return newColourCount > newColourCountMax;
}

/** An image was loaded: its colour is that of another picture now, whatever was drawn while its address changed. */
export function forgetPicture(target: EventTarget | null): void {
  if (target) known.delete(target as Element);
}

function shownBy(image: HTMLImageElement, rect: DOMRect): Known {
  const source = image.currentSrc || image.src;
  const before = known.get(image);
  if (before?.source === source) {
    if (wanted.includes(before.number)) before.fine ??= coloursOf(image, rect.width, rect.height, fineStep, canvasSize);
    return before;
  }
  if (!image.complete || image.naturalWidth === 0) return unknown;
  newColourCount += 1;
  if (newColourCount > newColourCountMax) return unknown;
  const colours = isReadable(source, image) ? coloursOf(image, rect.width, rect.height) : noColours;
  const now = { ...colours, source, number: imageCount += 1 };
  known.set(image, now);
  return now;
}

function isReadable(source: string, image: HTMLImageElement): boolean {
  if (image.crossOrigin !== null || source.startsWith("data:") || source.startsWith("blob:")) return true;
  return attempt(() => new URL(source, window.location.href).origin === window.location.origin, false);
}

function nameOf(element: Element): string {
  const name = attribute(element, "alt") ?? attribute(element, "aria-label") ?? attribute(element, "title") ?? "";
  // A drawing has no fields whose names hide its own properties.
  return name || (localName(element) === "svg" && element.querySelector(":scope>title")?.textContent) || "";
}

/** The colour of a drawing's first shape: an icon is mostly one. */
function vectorColour(element: Element): number {
  const shape = element.querySelector("path,circle,rect,polygon,ellipse,line,polyline,use");
  if (!shape) return 0;
  const style = styleOf(shape);
  return (style.fill === "none" ? 0 : colourOf(style.fill)) || (style.stroke === "none" ? 0 : colourOf(style.stroke));
}

const kinds: Record<string, string> = {
  "img": "image", "svg": "svg", "canvas": "canvas", "video": "video", "iframe": "frame", "frame": "frame",
  "object": "frame", "embed": "frame", "audio": "video",
};

export function pictureKind(name: string): string | undefined {
  return kinds[name];
}

function item(rect: Rect, kind: string, alternative: string, colour: number, context: Context): Item | null {
  const seen = common(rect, context.clip);
  if (isEmpty(seen)) return null;
  const words = context.isMasked ? "" : limited(collapsed(scrubbed(alternative)).trim());
  return placed("i", seen, kind, words, context.isMasked ? 0 : colour);
}

export function pictureItem(element: Element, name: string, rect: DOMRect, context: Context): Item | null {
  if (rect.width < 1 || rect.height < 1) return null;
  let kind = kinds[name] ?? "image";
  if (kind === "svg" && Math.max(rect.width, rect.height) <= iconSizeMax) kind = "icon";
  let colour = 0;
  let shown = unknown;
  if (!context.isMasked && name === "img") {
    shown = shownBy(element as HTMLImageElement, rect);
    colour = shown.mean;
  } else if (!context.isMasked && (name === "canvas" || name === "video")) {
    colour = meanOfMoving(element as HTMLCanvasElement);
  } else if (kind === "svg" || kind === "icon") colour = attempt(() => vectorColour(element), 0);
  const made = item(rect, kind, nameOf(element), faded(colour, context.opacity), context);
  // A part of a picture does not show all its colours.
  const isWhole = made && Math.abs(Number(made[3]) - rect.width) < 2 && Math.abs(Number(made[4]) - rect.height) < 2;
  const { columns, digits, number, fine } = shown;
  if (isWhole && columns > 0 && context.opacity === 1) {
    made.push(columns, digits, number);
    if (fine && wanted.includes(number)) made.push(fine.columns, fine.digits);
  }
  return made;
}

/** An element whose background is an image by address. */
export function backgroundItem(element: Element, rect: DOMRect, context: Context): Item | null {
  if (rect.width < 1 || rect.height < 1) return null;
  return item(rect, "image", nameOf(element), 0, context);
}
