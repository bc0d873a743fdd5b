/** Images and other pixels: a rectangle, words and an average colour. */

import { attempt } from "../guard";
import { attribute, firstChild, localName, nextSibling, nodeType, styleOf, textOf } from "../natives";
import { colourOf, faded } from "./colour";
import { Colours, coloursOf, meanOfMoving, noColours } from "./colours";
import { common, isEmpty, Rect } from "./geometry";
import { collapsed, Context, Item, limited, placed } from "./items";
import { scrubbed } from "./scrub";

/** Pixels of new images are read for so many in a pass: the first decode of a large one is slow. */
const newColourCountMax = 6;
const iconSizeMax = 32;

const known = new WeakMap<Element, { source: string; colours: Colours }>();
let newColourCount = 0;

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

function shownBy(image: HTMLImageElement, rect: DOMRect): Colours {
  const source = image.currentSrc || image.src;
  const before = known.get(image);
  if (before && before.source === source) return before.colours;
  if (!image.complete || image.naturalWidth === 0) return noColours;
  newColourCount += 1;
  if (newColourCount > newColourCountMax) return noColours;
  const colours = isReadable(source, image) ? coloursOf(image, rect.width, rect.height) : noColours;
  known.set(image, { source, colours });
  return colours;
}

function isReadable(source: string, image: HTMLImageElement): boolean {
  if (image.crossOrigin !== null || source.startsWith("data:") || source.startsWith("blob:")) return true;
  return attempt(() => new URL(source, window.location.href).origin === window.location.origin, false);
}

function nameOf(element: Element): string {
  const name = attribute(element, "alt") ?? attribute(element, "aria-label") ?? attribute(element, "title") ?? "";
  return name || (localName(element) === "svg" ? vectorTitle(element) : "");
}

function vectorTitle(element: Element): string {
  for (let child = firstChild(element); child; child = nextSibling(child)) {
    if (nodeType(child) === 1 && localName(child) === "title") return textOf(child) ?? "";
  }
  return "";
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
  let colours = noColours;
  if (!context.isMasked && name === "img") {
    colours = shownBy(element as HTMLImageElement, rect);
    colour = colours.mean;
  } else if (!context.isMasked && (name === "canvas" || name === "video")) {
    colour = meanOfMoving(element as HTMLCanvasElement);
  } else if (kind === "svg" || kind === "icon") colour = attempt(() => vectorColour(element), 0);
  const made = item(rect, kind, nameOf(element), faded(colour, context.opacity), context);
  // A part of a picture does not show all its colours.
  const isWhole = made && Math.abs(Number(made[3]) - rect.width) < 2 && Math.abs(Number(made[4]) - rect.height) < 2;
  if (isWhole && colours.columns > 0 && context.opacity === 1) made.push(colours.columns, colours.digits);
  return made;
}

/** An element whose background is an image by address. */
export function backgroundItem(element: Element, rect: DOMRect, context: Context): Item | null {
  if (rect.width < 1 || rect.height < 1) return null;
  return item(rect, "image", nameOf(element), 0, context);
}
