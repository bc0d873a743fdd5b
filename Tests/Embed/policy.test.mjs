import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { fields: new Map() });
const { load } = await import("./support.mjs");
Element.prototype.getAttribute = function (name) { return this.attributes?.[name] ?? null; };
Element.prototype.hasAttribute = function (name) { return this.attributes?.[name] !== undefined; };
const { isPassword, isSecretField, isShowableValue, verdictOf } = await load("capture/policy");
const field = (attributes) => Object.assign(new Element(), { attributes });

test("a password stays one after its type was changed and after its element was swapped", () => {
  const password = field({ name: "pw", id: "pw" });
  assert.ok(isPassword(password, "password"));
  assert.ok(isPassword(password, "text"));
  assert.ok(isPassword(field({ name: "pw", id: "pw" }), "text"));
  assert.ok(!isPassword(field({ name: "first" }), "text"));
});

test("cards, codes and their like are never shown", () => {
  const secret = [
    { autocomplete: "cc-number" }, { autocomplete: "billing cc-csc" }, { autocomplete: "one-time-code" },
    { autocomplete: "new-password" }, { name: "cardNumber" }, { id: "cvc" }, { name: "iban" },
    { "aria-label": "Security code" }, { placeholder: "Salasana" },
  ];
  for (const attributes of secret) assert.ok(isSecretField(field(attributes), "text"), JSON.stringify(attributes));
  for (const attributes of [{ name: "postcode" }, { name: "promo" }, { autocomplete: "postal-code" }]) {
    assert.ok(!isSecretField(field(attributes), "text"), JSON.stringify(attributes));
  }
});

test("a shown value with many digits is masked all the same", () => {
  assert.ok(isShowableValue("WELCOME10") && isShowableValue("SW1A 1AA") && isShowableValue(""));
  assert.ok(!isShowableValue("4111 1111") && !isShowableValue("jane@example.com"));
});

test("the stricter word of the site goes first", () => {
  assert.equal(verdictOf(field({ "data-alongside-block": "", "data-alongside-show": "" })), "block");
  assert.equal(verdictOf(field({ "data-alongside-mask": "", "data-alongside-show": "" })), "mask");
  assert.equal(verdictOf(field({ "data-alongside-show": "" })), "show");
  assert.equal(verdictOf(field({})), "inherit");
});
