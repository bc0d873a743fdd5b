/** Computed colours as `0xRRGGBBAA`. */

import { attempt } from "../guard";

const known = new Map<string, number>();
const knownMax = 4096;
/** Px of the canvas that colours are read from, each way. */
export const canvasSize = 8;
const rgb = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/;

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

export function pack(red: number, green: number, blue: number, alpha: number): number {
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
  const match = rgb.exec(text);
  const value = match
    ? pack(Number(match[1]), Number(match[2]), Number(match[3]), Number(match[4] ?? 1)) : painted(text);
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
