/** Raw DEFLATE by the browser; older browsers send bodies plain. */

/** Below this a body gains less than the work costs. */
export const deflateBytesMin = 512;

const Stream = window.CompressionStream;
const canDeflate = (() => {
  try {
    return Stream !== undefined && new Stream("deflate-raw") !== undefined;
  } catch {
    return false;
  }
})();

/** The deflated body, or `null` where that is not to be had or not smaller. */
export async function deflated(body: Uint8Array): Promise<Uint8Array | null> {
  if (!canDeflate || !Stream || body.length <= deflateBytesMin) return null;
  const stream = new Stream("deflate-raw");
  const writer = stream.writable.getWriter();
  const written = writer.write(body).then(() => writer.close());
  written.catch(() => undefined);
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = stream.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    length += value.length;
  }
  if (length >= body.length) return null;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
