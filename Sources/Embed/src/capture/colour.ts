/** Computed colours as `0xRRGGBBAA`. */

import { attempt } from "../guard";

const known = new Map<string, number>();
const knownMax = 4096;
const rgb = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/;

let pixel: CanvasRenderingContext2D | null | undefined;

/** A canvas of one pixel that belongs to no document: it knows every colour notation. */
export function onePixel(): CanvasRenderingContext2D | null {
  if (pixel === undefined) {
    const canvas = document.createElement("canvas");
    canvas.width = 1;
    canvas.height = 1;
    pixel = attempt(() => canvas.getContext("2d", { willReadFrequently: true }), null);
  }
  return pixel;
}

export function pack(red: number, green: number, blue: number, alpha: number): number {
  const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
  return ((byte(red) << 24) | (byte(green) << 16) | (byte(blue) << 8) | byte(alpha * 255)) >>> 0;
}

function painted(text: string): number {
  const context = onePixel();
  if (!context) return 0;
  return attempt(() => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = "#0000";
    context.fillStyle = text;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    return pack(red, green, blue, alpha / 255);
  }, 0);
}

/** The colour a computed value names; 0 for what paints nothing. */
export function colourOf(text: string): number {
  const found = known.get(text);
  if (found !== undefined) return found;
  const match = rgb.exec(text);
  const value = match
    ? pack(Number(match[1]), Number(match[2]), Number(match[3]), match[4] === undefined ? 1 : Number(match[4]))
    : painted(text);
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

/** `over` painted on `under`. */
export function blended(under: number, over: number): number {
  const alpha = (over & 0xff) / 255;
  const mix = (shift: number): number => ((under >>> shift) & 0xff) * (1 - alpha) + ((over >>> shift) & 0xff) * alpha;
  return pack(mix(24), mix(16), mix(8), Math.max(alpha, (under & 0xff) / 255));
}

const colourInGradient = /rgba?\([^)]*\)|(?:color|oklch|oklab|lab|lch)\([^)]*\)/g;

/** The middle of the first and last stop of a gradient; 0 where there is none. */
export function gradientColour(image: string): number {
  if (!image.includes("gradient(")) return 0;
  const stops = image.match(colourInGradient);
  if (!stops) return 0;
  const first = colourOf(stops[0] ?? "");
  const last = colourOf(stops[stops.length - 1] ?? "");
  const middle = (shift: number): number => (((first >>> shift) & 0xff) + ((last >>> shift) & 0xff)) / 2;
  return pack(middle(24), middle(16), middle(8), middle(0) / 255);
}

const sides: Record<string, number> = { "to top": 0, "to right": 90, "to bottom": 180, "to left": 270 };

/** The direction and the ends of a linear gradient, as a box holds them; `null` for others. */
export function gradientOf(image: string, opacity: number): number[] | null {
  const match = /^linear-gradient\((?:([\d.]+)deg|(to \w+(?: \w+)?))?/.exec(image);
  const stops = match ? image.match(colourInGradient) : null;
  if (!match || !stops || image.includes("gradient(", 7 + 9)) return null;
  const [first, last] = [stops[0] ?? "", stops[stops.length - 1] ?? ""].map((stop) => faded(colourOf(stop), opacity));
  const turn = match[1] ? Math.round(Number(match[1]) % 360) : match[2] ? sides[match[2]] ?? 135 : 180;
  return first === last ? null : [turn, first ?? 0, last ?? 0];
}
