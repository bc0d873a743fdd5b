/** What changed between two views, as the bodies of `keyframe` and `delta`. */

import { encodeJSON } from "../natives";
import { View } from "./capture";

function blockJSON(block: View["blocks"][number]): string {
  return `[${block.id},${block.layer},${block.x},${block.y},${block.json}]`;
}

/** The members that are replaced whole. */
function facts(view: View): string[] {
  return [...view.facts, `"layers":${encodeJSON(view.layers)}`];
}

export function keyframeBody(view: View): string {
  return `{${facts(view).join()},"blocks":[${view.blocks.map(blockJSON).join()}]}`;
}

/** What makes `base` into `view`; `null` where nothing changed. */
export function deltaBody(base: View, view: View): string | null {
  const known = facts(base);
  const members = facts(view).filter((fact, index) => fact !== known[index]);
  const before = new Map(base.blocks.map((block) => [block.id, block]));
  const changed: string[] = [];
  const moves: string[] = [];
  for (const block of view.blocks) {
    const old = before.get(block.id);
    if (!old || old.layer !== block.layer || old.json !== block.json) changed.push(blockJSON(block));
    else if (old.x !== block.x || old.y !== block.y) moves.push(`[${block.id},${block.x},${block.y}]`);
  }
  if (changed.length > 0) members.push(`"blocks":[${changed.join()}]`);
  if (moves.length > 0) members.push(`"moves":[${moves.join()}]`);
  const order = view.blocks.map((block) => block.id).join();
  if (order !== base.blocks.map((block) => block.id).join()) members.push(`"order":[${order}]`);
  return members.length === 0 ? null : `{${members.join()}}`;
}
