/** Raw DEFLATE by the browser. */

/** Below this a body gains less than the work costs. */
export const deflateBytesMin = 512;

const Stream = window.CompressionStream;

/** The deflated body, or `null` where it is not smaller. Older browsers refuse. */
export async function deflated(body: Uint8Array): Promise<Uint8Array | null> {
  if (!Stream || body.length <= deflateBytesMin) return null;
  const stream = new Blob([body]).stream().pipeThrough(new Stream("deflate-raw"));
  const smaller = new Uint8Array(await new Response(stream).arrayBuffer());
  return smaller.length < body.length ? smaller : null;
}
