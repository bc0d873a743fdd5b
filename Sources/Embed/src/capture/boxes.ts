/** Boxes: only what paints. */

import { colourOf, faded, gradientColour, gradientOf } from "./colour";
import { common, isEmpty, px, Rect } from "./geometry";
import { Context, Item, placed } from "./items";

const hatchedFlag = 1;
const hatchedColour = 0x9aa3adff;

type Border = 0 | number[];

/** The borders that paint, as a view writes them. */
export function borderOf(style: CSSStyleDeclaration, opacity: number): Border {
  // One value to read where there is no border, which is nearly everywhere.
  if (style.borderWidth === "0px") return 0;
  const values = (side: string): string[] =>
    ["width", "style", "color"].map((part) => style.getPropertyValue(`border${side}-${part}`));
  const all = values("");
  // A value with a space in it may be four, a colour such as `rgb(1, 2, 3)` is one.
  const isSame = all.every((value) => value !== "" && !value.replace(/, /g, "").includes(" "));
  const sides = (isSame ? [all] : ["-top", "-right", "-bottom", "-left"].map(values)).map(
    ([width = "", line, colour = ""]) => {
      const painted = px(width) === 0 || line === "none" || line === "hidden" ? 0 : faded(colourOf(colour), opacity);
      return painted === 0 ? [0, 0] : [Math.max(1, Math.round(px(width))), painted];
    });
  const first = sides[0] ?? [];
  if (sides.some((one) => one.join() !== first.join())) return sides.flat();
  return first[0] ? first : 0;
}

/** The fill that paints: colour, or the middle of a gradient on it. */
export function fillOf(style: CSSStyleDeclaration, opacity: number, image = style.backgroundImage): number {
  return faded(gradientColour(gradientImage(style, image)) || colourOf(style.backgroundColor), opacity);
}

/** The images of the background, where they are painted behind the box and not in its letters. */
function gradientImage(style: CSSStyleDeclaration, image: string): string {
  return image === "none" || style.getPropertyValue("-webkit-background-clip") === "text" ? "" : image;
}

function radiusOf(style: CSSStyleDeclaration, rect: Rect): number {
  const text = style.borderTopLeftRadius;
  if (text === "0px") return 0;
  const least = Math.min(rect.right - rect.left, rect.bottom - rect.top);
  const radius = text.includes("%") ? (parseFloat(text) / 100) * least : px(text);
  return Math.round(Math.min(radius, least / 2));
}

/** The boxes of an element, clipped as the page clips it; `rects` are asked for only where something paints. */
export function boxItems(
  rects: () => readonly Rect[], style: CSSStyleDeclaration, context: Context, image = style.backgroundImage,
): Item[] {
  const { opacity, clip } = context;
  const fill = fillOf(style, opacity, image);
  const border = borderOf(style, opacity);
  if (fill === 0 && border === 0) return [];
  const gradient = gradientOf(gradientImage(style, image), opacity);
  return rects().filter((rect) => !isEmpty(common(rect, clip))).map((rect) => {
    const radius = radiusOf(style, rect);
    const item = placed("b", common(rect, clip), fill);
    if (border !== 0 || radius !== 0 || gradient) item.push(border);
    if (radius !== 0 || gradient) item.push(radius);
    if (gradient) item.push(0, gradient);
    return item;
  });
}

/** A region that the site keeps to itself. */
export function hatchedBox(rect: Rect, context: Context): Item | null {
  const seen = common(rect, context.clip);
  return isEmpty(seen) ? null : placed("b", seen, hatchedColour, 0, 0, hatchedFlag);
}
