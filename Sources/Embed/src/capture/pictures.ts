/** Images and other pixels: a rectangle, words and an average colour. */

import { attempt } from "../guard";
import { attribute, firstChild, localName, nextSibling, nodeType, styleOf, textOf } from "../natives";
import { colourOf, faded, forgetPixel, onePixel, pack } from "./colour";
import { common, isEmpty, Rect } from "./geometry";
import { collapsed, Context, Item, limited, placed } from "./items";
import { scrubbed } from "./scrub";

/** Pixels of new images are read for so many in a pass: the first decode of a large one is slow. */
const newColourCountMax = 6;
const iconSizeMax = 32;

const colours = new WeakMap<Element, { source: string; colour: number }>();
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
  if (target) colours.delete(target as Element);
}

function averageOf(image: HTMLImageElement): number {
  const source = image.currentSrc || image.src;
  const before = colours.get(image);
  if (before && before.source === source) return before.colour;
  if (!image.complete || image.naturalWidth === 0) return 0;
  newColourCount += 1;
  if (newColourCount > newColourCountMax) return 0;
  const context = onePixel();
  const colour = context && isReadable(source, image) ? attempt(() => {
    context.clearRect(0, 0, 1, 1);
    context.imageSmoothingEnabled = true;
    context.drawImage(image, 0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    return pack(red, green, blue, alpha / 255);
  }, -1) : 0;
  if (colour < 0) forgetPixel();
  const known = Math.max(0, colour);
  colours.set(image, { source, colour: known });
  return known;
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
  if (!context.isMasked && name === "img") colour = averageOf(element as HTMLImageElement);
  else if (kind === "svg" || kind === "icon") colour = attempt(() => vectorColour(element), 0);
  return item(rect, kind, nameOf(element), faded(colour, context.opacity), context);
}

/** An element whose background is an image by address. */
export function backgroundItem(element: Element, rect: DOMRect, context: Context): Item | null {
  if (rect.width < 1 || rect.height < 1) return null;
  return item(rect, "image", attribute(element, "aria-label") ?? attribute(element, "title") ?? "", 0, context);
}
