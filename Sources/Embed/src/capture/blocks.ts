/** Items that move together become blocks, so that a small change sends little. */

import { encodeJSON } from "../natives";
import { Block, isBlock, Item, Part, Parts } from "./items";
import { Rect } from "./geometry";
import { secretsIn } from "./scrub";
import { maskedItem } from "./text";
import { Identities, Layer } from "./layers";

/** An element with so many items of its own is a block; fewer join their surroundings. */
const blockItemCountMin = 8;
const blockItemCountMax = 64;

function looseCount(parts: readonly Part[]): number {
  let count = 0;
  for (const part of parts) if (!isBlock(part)) count += 1;
  return count;
}

/** What keeps two texts apart that are not read as one: wider than any gap within a card number. */
const apart = "\n\n\n\n\n";

/** What stands between two text items for a reader. */
function gapBetween(left: Item, right: Item): string {
  const size = Number(left[8]);
  const distance = right[1] - (left[1] + Number(left[3]));
  if (Math.abs(right[2] - left[2]) > Number(left[4]) / 2 || distance < -size || distance > size * 3) return apart;
  return distance > size * 0.2 ? " " : "";
}

/** Secrets written in parts, one element a part, are found where they are read: side by side. */
function maskAcross(items: Item[]): void {
  let text = "";
  const places: { index: number; start: number; end: number }[] = [];
  let before: Item | null = null;
  items.forEach((item, index) => {
    if (item[0] !== "t") return;
    if (before) text += gapBetween(before, item);
    const start = text.length;
    text += String(item[5]);
    places.push({ index, start, end: text.length });
    before = item;
  });
  if (places.length < 2) return;
  for (const secret of secretsIn(text)) {
    for (const { index, start, end } of places) {
      const item = items[index];
      if (item?.[0] === "t" && start < secret.end && end > secret.start) items[index] = maskedText(item, secret.kind);
    }
  }
}

function maskedText(item: Item, kind: string): Item {
  const [, left, top, width, height, , colour, , size] = item;
  const place = { left, top, right: left + Number(width), bottom: top + Number(height) };
  return maskedItem(place, kind, Number(colour), Number(size));
}

function blockOf(items: Item[], id: number, layer: Layer, x: number, y: number): Block {
  maskAcross(items);
  let top = 1e9;
  let bottom = -1e9;
  for (const item of items) {
    top = Math.min(top, item[2]);
    bottom = Math.max(bottom, item[2] + Number(item[4]));
    item[1] = Math.round(item[1] - x);
    item[2] = Math.round(item[2] - y);
  }
  return {
    id, x: Math.round(x - layer.originX), y: Math.round(y - layer.originY), top, bottom, json: encodeJSON(items),
  };
}

/** Turns the loose items of `element` into blocks, if they are enough or `isForced`. */
export function closeBlocks(
  parts: Parts, element: Element, rect: Rect | null, layer: Layer, blockIds: Identities, isForced: boolean,
): void {
  const { under, flow, positioned } = parts;
  const least = isForced ? 1 : blockItemCountMin;
  if (under.length + flow.length + positioned.length < least) return;
  if (looseCount(under) + looseCount(flow) + looseCount(positioned) < least) return;
  let run = 0;
  const hasPlace = rect !== null && (rect.right > rect.left || rect.bottom > rect.top);
  for (const list of [under, flow, positioned]) {
    const closed: Part[] = [];
    let loose: Item[] = [];
    const close = (): void => {
      const first = loose[0];
      if (!first) return;
      const x = hasPlace && rect ? rect.left : first[1];
      const y = hasPlace && rect ? rect.top : first[2];
      closed.push(blockOf(loose, blockIds.of(element, `${layer.id}/${run}`), layer, x, y));
      run += 1;
      loose = [];
    };
    for (const part of list) {
      if (isBlock(part)) {
        close();
        closed.push(part);
      } else {
        loose.push(part);
        if (loose.length === blockItemCountMax) close();
      }
    }
    close();
    list.length = 0;
    for (const part of closed) list.push(part);
  }
}
