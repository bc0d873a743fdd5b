import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load, root } from "./support.mjs";

const { closingOf, isBusy, pauseBefore, pauseMin, pauseMax } = await load("closing");

test("every code of the table is answered as the table says", () => {
  const rows = readFileSync(join(root, "Protocol/close-codes.md"), "utf8").split("\n")
    .map((line) => /^\| (\d{4}) \|[^|]*\|[^|]*\| (yes|no) \|/.exec(line)).filter(Boolean);
  assert.ok(rows.length > 15);
  for (const [, code, comesBack] of rows) assert.equal(closingOf(Number(code)) === "again", comesBack === "yes", code);
});

test("what the table does not name follows its ranges", () => {
  assert.equal(closingOf(4499), "again");
  assert.equal(closingOf(4999), "fault");
  assert.equal(closingOf(1005), "again");
  assert.equal(closingOf(1011), "again");
});

test("pauses grow, are jittered and stay within their bounds", () => {
  for (const random of [0, 0.5, 0.999]) {
    let before = 0;
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const pause = pauseBefore(attempt, random);
      assert.ok(pause >= pauseMin && pause <= pauseMax && pause >= before);
      before = pause;
    }
  }
  assert.equal(pauseBefore(0, 0), pauseMin);
  assert.notEqual(pauseBefore(5, 0.1), pauseBefore(5, 0.9));
});

test("a relay that is full or cannot write its log is busy, not lost", () => {
  assert.deepEqual([4000, 4002, 4003, 4004, 4500, 1006].filter(isBusy), [4003, 4004]);
});
