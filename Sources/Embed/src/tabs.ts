/**
 * The tabs of one shopper on one site: the session goes to the one they look at. Of what they say only names leave the
 * browser, in the view.
 */

import { guarded } from "./guard";
import { Kept } from "./store";

/**
 * `who` asks for the tab that holds the session, which answers `held`. A tab that the shopper looks at says `give`
 * and its number; the holder's `take` repeats it, with what it remembers. A document that ends has `left` that to
 * whoever is looked at next. `end` asks the holder to end the session; it is `over` then. Who follows says `here`
 * with a `Row`, or without one when it may not be told of any more; `show` brings it the words of a rep who asks for
 * it.
 */
export type Message = [
  what: "who" | "held" | "give" | "take" | "left" | "end" | "over" | "here" | "show",
  tab?: number, more?: Kept | Row | string | null];

/** A tab as the view tells of it. */
export type Row = [number: number, title: string, url: string];

export class Tabs {
  private channel: BroadcastChannel | null = null;

  constructor(private readonly name: string, private readonly heard: (message: Message) => void) {}

  /** False where the browser lets tabs not talk. */
  say(...message: Message): boolean {
    if (typeof BroadcastChannel === "undefined") return false;
    if (!this.channel) {
      this.channel = new BroadcastChannel(this.name);
      this.channel.onmessage = guarded((event: MessageEvent) => this.heard(event.data as Message));
    }
    this.channel.postMessage(message);
    return true;
  }

  close(): void {
    this.channel?.close();
    this.channel = null;
  }
}
