/** One WebSocket to the relay with its lanes. A link that is lost is replaced by a new one, never reopened. */

import { deflated } from "./deflate";
import { guarded } from "./guard";
import { decodeJSON, decodeText, encodeText, Socket } from "./natives";
import { decodeFrames, encodeFrame, jsonBody, Kind, Lane, laneOf, Limits, subprotocol } from "./wire";

/** Held back beyond this much unsent data: what is dirty stays dirty, and only the latest cursor goes out. */
const unsentBytesMax = 256 << 10;

export interface LinkEvents {
  opened(): void;
  received(kind: number, body: unknown): void;
  closed(code: number): void;
}

/** Now, in microseconds since 1970, by the clock that also stamps events. */
export function captureTimeNow(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}

export class Link {
  private readonly socket: WebSocket;
  private readonly sequences: Record<number, number> = {};
  /** Page bodies deflate one after the other, so that their order on the wire is their order in time. */
  private pages: Promise<void> = Promise.resolve();
  private waitingPages = 0;
  private isClosed = false;
  /** The number of the session in every header; 0 until `welcome`. */
  session = 0;

  constructor(address: string, private readonly events: LinkEvents) {
    this.socket = new Socket(address, subprotocol);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = guarded(() => this.events.opened());
    this.socket.onmessage = guarded((event: MessageEvent) => this.receive(event.data));
    this.socket.onclose = guarded((event: CloseEvent) => this.lost(event.code));
  }

  /** Whether the wire cannot take more page frames now. */
  get isFull(): boolean {
    return this.waitingPages > 4 || this.socket.bufferedAmount > unsentBytesMax;
  }

  control(kind: number, body: unknown): void {
    this.write(kind, Lane.control, jsonBody(body), false, captureTimeNow());
  }

  /** Talk frames bring their sequence: it belongs to the session. */
  talk(kind: number, sequence: number, body: unknown): void {
    this.sequences[Lane.talk] = sequence - 1;
    this.write(kind, Lane.talk, jsonBody(body), false, captureTimeNow());
  }

  cursor(body: unknown, captureTime: number): void {
    this.write(Kind.cursor, Lane.cursor, jsonBody(body), false, captureTime);
  }

  page(kind: number, json: string, captureTime: number): void {
    const body = encodeText(json);
    this.waitingPages += 1;
    this.pages = this.pages.then(() => deflated(body)).catch(() => null).then((smaller) => {
      this.waitingPages -= 1;
      if ((smaller ?? body).length > Limits.pageBodyBytesMax) return;
      this.write(kind, Lane.page, smaller ?? body, smaller !== null, captureTime);
    }).catch(() => undefined);
  }

  /** A small page frame that goes out at once: the link is about to close, and what waits to be deflated is lost. */
  lastPage(kind: number, json: string, captureTime: number): void {
    this.write(kind, Lane.page, encodeText(json), false, captureTime);
  }

  /** Leaves without a word: the session goes on, on another link. */
  close(code?: number): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (code === undefined) this.socket.close();
    else this.socket.close(code);
  }

  private write(kind: number, lane: number, body: Uint8Array, isDeflated: boolean, captureTime: number): void {
    if (this.isClosed || this.socket.readyState !== 1) return;
    const sequence = (this.sequences[lane] ?? 0) + 1;
    this.sequences[lane] = sequence;
    this.socket.send(encodeFrame({ kind, isDeflated, session: this.session, sequence, captureTime, body }));
  }

  private receive(data: unknown): void {
    if (this.isClosed || !(data instanceof ArrayBuffer)) return;
    for (const frame of decodeFrames(new Uint8Array(data))) {
      if (laneOf(frame.kind) !== Lane.control || this.isClosed) continue;
      this.events.received(frame.kind, decodeJSON(decodeText(frame.body)));
    }
  }

  private lost(code: number): void {
    const wasClosed = this.isClosed;
    this.isClosed = true;
    if (!wasClosed) this.events.closed(code);
  }
}
