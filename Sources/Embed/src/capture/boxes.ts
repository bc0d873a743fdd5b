/** Boxes: only what paints. */

import { colourOf, faded, gradientColour, gradientOf } from "./colour";
import { common, isEmpty, px, Rect } from "./geometry";
import { Context, Item, placed } from "./items";

const hatchedFlag = 1;
const hatchedColour = 0x9aa3adff;

type Border = 0 | number[];

function side(width: string, style: string, colour: string, opacity: number): [number, number] {
  if (width === "0px" || style === "none" || style === "hidden") return [0, 0];
  const painted = faded(colourOf(colour), opacity);
  return painted === 0 ? [0, 0] : [Math.max(1, Math.round(px(width))), painted];
}

/** The borders that paint, as a view writes them. */
export function borderOf(style: CSSStyleDeclaration, opacity: number): Border {
  // One value to read where there is no border, which is nearly everywhere.
  if (style.borderWidth === "0px") return 0;
  const { borderTopWidth: top, borderRightWidth: right, borderBottomWidth: bottom, borderLeftWidth: left } = style;
  const sides = [
    side(top, style.borderTopStyle, style.borderTopColor, opacity),
    side(right, style.borderRightStyle, style.borderRightColor, opacity),
    side(bottom, style.borderBottomStyle, style.borderBottomColor, opacity),
    side(left, style.borderLeftStyle, style.borderLeftColor, opacity),
  ];
  const first = sides[0] ?? [0, 0];
  const isSame = sides.every((one) => one[0] === first[0] && one[1] === first[1]);
  if (isSame) return first[0] === 0 ? 0 : first;
  return sides.reduce<number[]>((all, one) => all.concat(one), []);
}

/** The fill that paints: colour, or the middle of a gradient on it. */
export function fillOf(style: CSSStyleDeclaration, opacity: number): number {
  return faded(gradientColour(gradientImage(style)) || colourOf(style.backgroundColor), opacity);
}

/** The images of the background, where they are painted behind the box and not in its letters. */
function gradientImage(style: CSSStyleDeclaration): string {
  const image = style.backgroundImage;
  return image === "none" || style.getPropertyValue("-webkit-background-clip") === "text" ? "" : image;
}

function radiusOf(style: CSSStyleDeclaration, rect: Rect): number {
  const text = style.borderTopLeftRadius;
  if (text === "0px") return 0;
  const least = Math.min(rect.right - rect.left, rect.bottom - rect.top);
  const radius = text.includes("%") ? (px(text) / 100) * least : px(text);
  return Math.round(Math.min(radius, least / 2));
}

/** The box of one rectangle, clipped as the page clips it; `null` where nothing paints. */
export function boxItem(rect: Rect, style: CSSStyleDeclaration, context: Context): Item | null {
  const fill = fillOf(style, context.opacity);
  const border = borderOf(style, context.opacity);
  if (fill === 0 && border === 0) return null;
  const radius = radiusOf(style, rect);
  const seen = common(rect, context.clip);
  if (isEmpty(seen)) return null;
  const item = placed("b", seen, fill);
  const gradient = gradientOf(gradientImage(style), context.opacity);
  if (border !== 0 || radius !== 0 || gradient) item.push(border);
  if (radius !== 0 || gradient) item.push(radius);
  if (gradient) item.push(0, gradient);
  return item;
}

/** A region that the site keeps to itself. */
export function hatchedBox(rect: Rect, context: Context): Item | null {
  const seen = common(rect, context.clip);
  return isEmpty(seen) ? null : placed("b", seen, hatchedColour, 0, 0, hatchedFlag);
}
