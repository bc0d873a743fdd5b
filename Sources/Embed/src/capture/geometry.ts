/** Rectangles of the viewport, in CSS px. */

export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const everywhere: Rect = { left: -1e7, top: -1e7, right: 1e7, bottom: 1e7 };

export function meets(a: Rect, b: Rect): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The part of `a` in `b`; empty or turned round where they do not meet. */
export function common(a: Rect, b: Rect): Rect {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

/** The least rectangle around both. */
export function around(a: Rect, b: Rect): Rect {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

export function isEmpty(rect: Rect): boolean {
  return rect.right <= rect.left || rect.bottom <= rect.top;
}

/** `rect` with a margin of its own size, moved in steps of half that size: a small scroll keeps the same band. */
export function band(rect: Rect, scrollX: number, scrollY: number): Rect {
  const width = rect.right - rect.left;
  const height = rect.bottom - rect.top;
  const slackX = scrollX - Math.round(scrollX / (width / 2 || 1)) * (width / 2);
  const slackY = scrollY - Math.round(scrollY / (height / 2 || 1)) * (height / 2);
  return {
    left: rect.left - width - slackX,
    top: rect.top - height - slackY,
    right: rect.right + width - slackX,
    bottom: rect.bottom + height - slackY,
  };
}

/** How much the element that is read now is zoomed by style, with all that it is in. */
let zoom = 1;

export function zoomed(): number {
  return zoom;
}

export function zoomTo(factor: number): void {
  zoom = factor;
}

/** A computed length, which is before zoom, as the viewport has it. */
export function px(text: string): number {
  return (parseFloat(text) || 0) * zoom;
}
