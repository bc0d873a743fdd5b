/** What a picture shows, as a few colours; what the browser does not let be read stays unknown. */

import { drawn, pack } from "./colour";

/** What moves is read anew after this many milliseconds. */
const staleAfter = 2000;

export interface Colours {
  /** The average, as `0xRRGGBBAA`; 0 when unknown. */
  mean: number;
  columns: number;
  /** Four hexadecimal digits a colour, row by row. */
  digits: string;
}

export const noColours: Colours = { mean: 0, columns: 0, digits: "" };

/**
 * Draws `source` small and reads it; `width` and `height` are those it has on the page, `step` its px to one colour
 * (about three cells of a terminal), and `countMax` the most of them a side.
 */
export function coloursOf(
  source: CanvasImageSource, width: number, height: number, step = 20, countMax = 8,
): Colours {
  const count = (length: number): number => Math.max(1, Math.min(countMax, Math.round(length / step)));
  const columns = count(width);
  const rows = count(height);
  return drawn((context) => {
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, columns, rows);
    return summed(context.getImageData(0, 0, columns, rows).data, columns);
  }) ?? noColours;
}

function summed(bytes: Uint8ClampedArray, columns: number): Colours {
  const sums = [0, 0, 0, 0];
  let digits = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const alpha = bytes[at + 3] ?? 0;
    for (let part = 0; part < 4; part += 1) {
      const value = bytes[at + part] ?? 0;
      sums[part] = (sums[part] ?? 0) + (part < 3 ? value * alpha : value);
      digits += Math.round(value / 17).toString(16);
    }
  }
  const [red = 0, green = 0, blue = 0, alpha = 0] = sums;
  const mean = alpha === 0 ? 0 : pack(red / alpha, green / alpha, blue / alpha, (alpha / bytes.length) * 4 / 255);
  return { mean, columns, digits };
}

const moving = new WeakMap<Element, { time: number; mean: number }>();

/** The average of a canvas or video, read once in a while. */
export function meanOfMoving(element: HTMLCanvasElement | HTMLVideoElement): number {
  const now = performance.now();
  const before = moving.get(element);
  if (before && now - before.time < staleAfter) return before.mean;
  const { mean } = coloursOf(element, 1, 1);
  moving.set(element, { time: now, mean });
  return mean;
}
