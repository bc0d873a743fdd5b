/** Raw DEFLATE by the browser. */

/** Below this a body gains less than the work costs. */
export const deflateBytesMin = 512;

const Stream = window.CompressionStream;

/** The deflated body, or `null` where it is not smaller. Older browsers refuse. */
export async function deflated(body: Uint8Array): Promise<Uint8Array | null> {
  if (!Stream || body.length <= deflateBytesMin) return null;
  // A response holds the bytes as they are: a blob would tell the browser's other processes of them.
  const stream = new Response(body).body?.pipeThrough(new Stream("deflate-raw"));
  const smaller = new Uint8Array(await new Response(stream).arrayBuffer());
  return stream && smaller.length < body.length ? smaller : null;
}
