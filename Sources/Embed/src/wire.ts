/** Frames as bytes: `Protocol/wire.md`. */

import { encodeInto, encodeJSON, encodeText } from "./natives";

export const enum Kind {
  keyframe = 0x10,
  delta = 0x11,
  scroll = 0x12,
  press = 0x13,
  cursor = 0x20,
  consent = 0x30,
  hello = 0x40,
  welcome = 0x41,
  acknowledge = 0x42,
  watch = 0x43,
  keyframeRequest = 0x44,
  place = 0x45,
  end = 0x46,
  refused = 0x4e,
  look = 0x52,
  ask = 0x53,
  answer = 0x54,
}

export const enum Lane { page = 1, cursor = 2, talk = 3, control = 4 }

export const enum Limits {
  headerBytes = 24,
  pageBodyBytesMax = 1 << 20,
  controlBodyBytesMax = 64 << 10,
  textBytesMax = 512,
}

export const subprotocol = "alongside.v1";

const version = 1;
const deflatedFlag = 1;

/** What of a frame matters to whoever receives it here. */
export interface Received {
  kind: number;
  body: Uint8Array;
}

export interface Frame extends Received {
  isDeflated: boolean;
  session: number;
  sequence: number;
  /** Microseconds since 1970. */
  captureTime: number;
}

/** Why bytes are no frames: the names of `close-codes.md`. */
export class WireError extends Error {
  constructor(readonly reason: "malformed" | "tooLarge" | "unknownVersion") {
    super(reason);
  }
}

/** The lane of a kind; kinds 0x40 to 0x5f share the control lane. */
export function laneOf(kind: number): number {
  const nibble = kind >> 4;
  return nibble === 5 ? Lane.control : nibble;
}

export function encodeFrame(frame: Frame): Uint8Array {
  const bytes = new Uint8Array(Limits.headerBytes + frame.body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  view.setUint8(1, frame.kind);
  view.setUint8(2, frame.isDeflated ? deflatedFlag : 0);
  view.setUint32(4, frame.session, true);
  view.setUint32(8, frame.sequence, true);
  view.setUint32(12, frame.body.length, true);
  const time = Math.max(0, Math.round(frame.captureTime));
  view.setUint32(16, time % 0x1_0000_0000, true);
  view.setUint32(20, Math.floor(time / 0x1_0000_0000), true);
  bytes.set(frame.body, Limits.headerBytes);
  return bytes;
}

function bodyBytesMax(kind: number): number {
  return [0, Limits.pageBodyBytesMax, 64, 16 << 10][laneOf(kind)] ?? Limits.controlBodyBytesMax;
}

/** All frames of one message, which holds at least one. Throws `WireError`. */
export function decodeFrames(message: Uint8Array): Received[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const frames: Received[] = [];
  let offset = 0;
  do {
    if (message.length - offset < Limits.headerBytes) throw new WireError("malformed");
    if (view.getUint8(offset) !== version) throw new WireError("unknownVersion");
    const kind = view.getUint8(offset + 1);
    // The flags, and the key epoch behind them.
    const flags = view.getUint16(offset + 2, true);
    const length = view.getUint32(offset + 12, true);
    if (length > bodyBytesMax(kind)) throw new WireError("tooLarge");
    const lane = laneOf(kind);
    const isPlainLane = lane === Lane.talk || lane === Lane.control;
    const start = offset + Limits.headerBytes;
    if (flags > (isPlainLane ? 0 : deflatedFlag) || message.length - start < length) throw new WireError("malformed");
    frames.push({ kind, body: message.subarray(start, start + length) });
    offset = start + length;
  } while (offset < message.length);
  return frames;
}

export function jsonBody(value: unknown): Uint8Array {
  return encodeText(encodeJSON(value));
}

/** `text` cut to `bytesMax` UTF-8 bytes at a character's border. */
export function cutText(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  return text.slice(0, encodeInto(text, new Uint8Array(bytesMax)).read);
}
