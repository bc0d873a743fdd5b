import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, hexOf, load, vectors } from "./support.mjs";

const wire = await load("wire");
const control = vectors("control.json");

for (const vector of vectors("frames.json")) {
  test(`frames: ${vector.name}`, () => {
    const bytes = bytesOf(vector.hex);
    if (vector.error) {
      assert.throws(() => wire.decodeFrames(bytes), (error) => error.reason === vector.error);
      return;
    }
    const frames = wire.decodeFrames(bytes);
    const read = frames.map(({ kind, body }) => ({ kind, body: new TextDecoder().decode(body) }));
    assert.deepEqual(read, vector.frames.map(({ kind, body }) => ({ kind, body: body ?? read[0].body })));
    const written = vector.frames.map((frame, index) => wire.encodeFrame({
      ...frame, isDeflated: frame.deflated, body: frames[index].body,
    }));
    assert.equal(written.map(hexOf).join(""), vector.hex);
  });
}

test("every body that the vectors accept is JSON that the script can write again", () => {
  const accepted = control.filter((vector) => !vector.error && vector.value);
  assert.ok(accepted.length > 5);
  for (const vector of accepted) {
    const known = JSON.parse(vector.body);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(wire.jsonBody(known))), known);
  }
});

test("a body beyond its lane's limit is refused before it is read", () => {
  const header = wire.encodeFrame({
    kind: 0x20, isDeflated: false, session: 0, sequence: 1, captureTime: 0, body: new Uint8Array(65) });
  assert.throws(() => wire.decodeFrames(header), (error) => error.reason === "tooLarge");
});

test("texts are cut at a character's border", () => {
  assert.equal(wire.cutText("abc", 512), "abc");
  assert.equal(wire.cutText("ä".repeat(300), 512), "ä".repeat(256));
  assert.equal(wire.cutText("x" + "ä".repeat(300), 512), "x" + "ä".repeat(255));
  assert.equal(wire.cutText("😀".repeat(200), 511), "😀".repeat(127));
});
