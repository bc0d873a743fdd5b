import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support.mjs";

const { secretsIn, scrubbed, scrubbedAddress, isLuhn, isIBAN } = await load("capture/scrub");
const found = (text) => secretsIn(text).map((secret) => [secret.kind, text.slice(secret.start, secret.end)]);

test("card numbers are found with and without gaps, between other words", () => {
  for (const card of ["4111111111111111", "4111 1111 1111 1111", "5500-0055-5555-5559", "3782 822463 10005",
    "4111\u00a01111\u00a01111\u00a01111", "4111.1111.1111.1111", "6304000000000000"]) {
    assert.deepEqual(found(`Card ${card} of Jane`), [["card", card]], card);
  }
});

test("a card number beside other digits is found", () => {
  assert.deepEqual(found("12 4111 1111 1111 1111 123"), [["card", "4111 1111 1111 1111"]]);
  assert.deepEqual(found("Order 4711: 4111111111111111, 03/28"), [["card", "4111111111111111"]]);
});

test("numbers that are none are left", () => {
  for (const text of ["4111 1111 1111 1112", "£1,299.00", "2026-11-22 13:49:00", "SKU 4471-MG", "0000 0000 0000 0000",
    "+358 40 123 4567"]) assert.deepEqual(found(text), [], text);
});

test("IBANs are found whole, and the words after them are left", () => {
  for (const iban of ["DE89 3704 0044 0532 0130 00", "FI2112345600000785", "gb82west12345698765432"]) {
    assert.deepEqual(found(`to ${iban} today`), [["iban", iban]], iban);
  }
  assert.deepEqual(found("DE89 3704 0044 0532 0130 02 today"), []);
});

test("addresses of mail are found within a sentence", () => {
  assert.deepEqual(found("Mail: jane.doe+shop@example.co.uk, please"), [["email", "jane.doe+shop@example.co.uk"]]);
  assert.deepEqual(found("<päivi@esimerkki.fi>"), [["email", "päivi@esimerkki.fi"]]);
  assert.deepEqual(found("4 for 2 @ home"), []);
});

test("several secrets come in order and apart", () => {
  const text = "a@b.example 4111 1111 1111 1111 c@d.example";
  const secrets = secretsIn(text);
  assert.deepEqual(secrets.map((secret) => secret.kind), ["email", "card", "email"]);
  assert.equal(scrubbed(text), "••• ••• •••");
});

test("an address loses fragment, credentials, values, tokens and secrets", () => {
  assert.equal(scrubbedAddress("https://u:p@shop.example/a/b?x=1&y=secret#part"), "https://shop.example/a/b?x=&y=");
  assert.equal(scrubbedAddress("https://a.example/in/9f86d081884c7d659a2feaa0c55ad0"), "https://a.example/in/•••");
  assert.equal(scrubbedAddress("https://shop.example/a%40b.example/x"), "https://shop.example/•••/x");
  const words = "https://shop.example/running-shoes-for-trails-2026";
  assert.equal(scrubbedAddress(words), words);
  assert.equal(scrubbedAddress("data:text/html,secret"), "data:");
  assert.equal(scrubbedAddress("no address"), "");
});

test("checksums", () => {
  assert.ok(isLuhn("79927398713") && !isLuhn("79927398710") && !isLuhn("0000000000000"));
  assert.ok(isIBAN("EE382200221020145685") && !isIBAN("EE382200221020145684") && !isIBAN("EE38"));
});
