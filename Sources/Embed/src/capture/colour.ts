/** Computed colours as `0xRRGGBBAA`. */

import { attempt } from "../guard";

const known = new Map<string, number>();
const knownMax = 4096;
/** Px of the canvas that colours are read from, each way. */
export const canvasSize = 64;
const rgb = /^rgba?\([\d., ]+\)$/;

let canvas: CanvasRenderingContext2D | null | undefined;

/** Draws on a small canvas that belongs to no document; `null` where the browser does not let it be read. */
export function drawn<T>(draw: (context: CanvasRenderingContext2D) => T): T | null {
  return attempt(() => {
    if (!canvas) {
      const element = document.createElement("canvas");
      element.width = element.height = canvasSize;
      canvas = element.getContext("2d", { willReadFrequently: true });
    }
    const context = canvas as CanvasRenderingContext2D;
    // What throws may have tainted it: then it can be read no more.
    canvas = null;
    context.clearRect(0, 0, canvasSize, canvasSize);
    const result = draw(context);
    canvas = context;
    return result;
  }, null);
}

export function pack(red = 0, green = 0, blue = 0, alpha = 1): number {
  const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
  return ((byte(red) << 24) | (byte(green) << 16) | (byte(blue) << 8) | byte(alpha * 255)) >>> 0;
}

/** The canvas knows every colour notation. */
function painted(text: string): number {
  return drawn((context) => {
    context.fillStyle = "#0000";
    context.fillStyle = text;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    return pack(red, green, blue, alpha / 255);
  }) ?? 0;
}

/** The colour a computed value names; 0 for what paints nothing. */
export function colourOf(text: string): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  const value = rgb.test(text) ? pack(...(text.match(/[\d.]+/g) ?? []).map(Number)) : painted(text);
  const colour = (value & 0xff) === 0 ? 0 : value;
  if (known.size >= knownMax) known.clear();
  known.set(text, colour);
  return colour;
}

/** `colour` seen through `opacity` from 0 to 1. */
export function faded(colour: number, opacity: number): number {
  if (opacity >= 1 || colour === 0) return colour;
  const alpha = Math.round((colour & 0xff) * opacity);
  return alpha === 0 ? 0 : ((colour & 0xffffff00) | alpha) >>> 0;
}

/** What lies between two colours: `part` 0 is the first, 1 the other. */
function mixed(first: number, other: number, part: number): number {
  const [red, green, blue, alpha = 0] = [24, 16, 8, 0].map(
    (shift) => ((first >>> shift) & 0xff) * (1 - part) + ((other >>> shift) & 0xff) * part);
  return pack(red, green, blue, alpha / 255);
}

/** `over` painted on `under`. */
export function blended(under: number, over: number): number {
  return mixed(under, over | 0xff, (over & 0xff) / 255);
}

/** The colours of a gradient's first and last stop; `null` where there is none. */
function endsOf(image: string): [number, number] | null {
  const stops = image.includes("gradient(")
    && image.match(/rgba?\([^)]*\)|(?:color|oklch|oklab|lab|lch)\([^)]*\)/g);
  return stops ? [colourOf(stops[0] ?? ""), colourOf(stops[stops.length - 1] ?? "")] : null;
}

/** The middle of the first and last stop of a gradient; 0 where there is none. */
export function gradientColour(image: string): number {
  const ends = endsOf(image);
  return ends ? mixed(...ends, 0.5) : 0;
}

const sides = ["top", "right", "bottom", "left"];

/** The direction and the ends of a linear gradient, as a box holds them; `null` for others. */
export function gradientOf(image: string, opacity: number): number[] | null {
  const match = /^linear-gradient\((?:([\d.]+)deg|to (\w+)( \w+)?)?/.exec(image);
  const ends = endsOf(image);
  if (!match || !ends || image.includes("gradient(", 7 + 9)) return null;
  const [first, last] = ends.map((end) => faded(end, opacity));
  const [, degrees, side, corner] = match;
  const turn = degrees ? Math.round(Number(degrees) % 360) : corner ? 135 : side ? sides.indexOf(side) * 90 : 180;
  return first === last ? null : [turn, first ?? 0, last ?? 0];
}
