"""What a shopper types, and what a page hides, is in no byte on any socket, in no file of the relay, on no screen.

The real browser, relay and terminal client; a recording proxy stands before the relay on both sides. The search knows
each secret as it is and reversed, spaced, joined, encoded and cut short; a second run shows a field on purpose, and the
same search must find it: a search that cannot find proves nothing.
"""

import base64
import unittest
import urllib.parse

from recording_proxy import RecordingProxy
from relay_stack import Chromium, RelayStack, follow, settle
from shopper import CARD, FIRST_NAME, LAST_NAME, PASSWORD, REFUSAL, SECRETS, Shopper

LUHN_CARD = "4929 1234 5678 9015"
PROMO = "zebra-promo-7731"
EDITED = "quokka letter 5512"
HIDDEN = "csrf-9f1e77aa0c"
TOKEN = "magic-link-5d41402a"
COMMENT = "remark-2b7e1516"
ATTRIBUTE = "ng-reflect-8a51cc"
TOGGLED = "toggled-plover-4417"
PAGE_CARD = "4556 7375 8689 9855"
PAGE_EMAIL = "mona.secret@private.example"
PAGE_IBAN = "GB33 BUKB 2020 1555 5555 55"
# Places of a page where rebuilding its document would leak: planted into the delivery page after it has loaded.
PLANT = """([hidden, edited, comment, attribute, card, email, iban]) => {
  const form = document.querySelector('#delivery');
  const add = (name, set) => Object.assign(document.createElement(name), set);
  form.append(add('input', {type: 'hidden', name: 'csrf', value: hidden}), document.createComment(comment));
  const first = form.elements.first;
  first.setAttribute('ng-reflect-value', attribute);
  first.setAttribute('onclick', `remember('${attribute}')`);
  const box = add('div', {contentEditable: 'true', id: 'letter'});
  box.style.minHeight = '20px';
  document.querySelector('h1').after(box,
    add('p', {id: 'leaks', textContent: `Paid with ${card}. We wrote to ${email} about ${iban}.`}));
}"""


def is_luhn(number):
    digits = [int(letter) for letter in reversed(number) if letter.isdigit()]
    return (
        sum(digit if place % 2 == 0 else sum(divmod(digit * 2, 10)) for place, digit in enumerate(digits)) % 10 == 0
    )


def variants(secret):
    """(name, bytes) of the forms of a secret that a search must know; all in lower case where letters have one."""
    joined = secret.replace(" ", "").replace("-", "")
    texts = {
        "plain": secret,
        "joined": joined,
        "reversed": secret[::-1],
        "joined and reversed": joined[::-1],
        "spaced": " ".join(joined),
        "dotted": ",".join(joined),
        "listed": '","'.join(joined),
        "for a URL": urllib.parse.quote(secret),
        "of a form": urllib.parse.quote_plus(secret),
    }
    if len(secret) > 10:
        texts["its first 8"], texts["its last 8"] = secret[:8], secret[-8:]
    if joined.isdigit():
        texts["grouped by hyphens"] = "-".join(joined[at : at + 4] for at in range(0, len(joined), 4))
        texts["its first 12"] = joined[:12]
    for name, text in texts.items():
        yield name, text.casefold().encode()
    yield "UTF-16", secret.casefold().encode("utf-16-le")
    yield "hexadecimal", secret.encode().hex().encode()
    # Whatever stands before it in a longer text, one of three shifts is right; the edges depend on the neighbours.
    for shift in range(3):
        data = base64.b64encode(b"\0" * shift + secret.encode())
        yield f"base 64, shift {shift}", data[4 if shift else 0 : -4].lower()


def found_in(haystacks, secrets):
    """Every secret that is anywhere, and where."""
    needles = [(secret, name, needle) for secret in secrets for name, needle in variants(secret) if len(needle) > 5]
    hits = []
    for place, data in haystacks:
        lower = data.lower()
        hits += [f"{secret!r} ({name}) in {place}" for secret, name, needle in needles if needle in lower]
    return hits


class CanaryTest(unittest.TestCase):
    def setUp(self):
        self.shop = self.enterContext(RecordingProxy())
        self.desk = self.enterContext(RecordingProxy())
        self.stack = self.enterContext(RelayStack(shop_ports=[self.shop.port], rep_ports=[self.desk.port]))
        self.shop.target = self.desk.target = self.stack.port
        self.rep = self.stack.open_rep(relay=f"ws://127.0.0.1:{self.desk.port}")
        self.browser = self.enterContext(Chromium())
        self.page = self.browser.page
        self.url = f"http://127.0.0.1:{self.shop.port}"

    def files(self):
        """Every file that the relay or the client wrote; keys and configuration are the test's own."""
        own = {"alongsided.toml", "allowed_signers"}
        for path in sorted(self.stack.folder.rglob("*")):
            if path.is_file() and path.name not in own and not path.name.startswith("key_"):
                yield f"file {path.relative_to(self.stack.folder)}", path.read_bytes()

    def everything(self):
        yield from ((f"the shopper's side, {place}", data) for place, data in self.shop.haystacks())
        yield from ((f"the rep's side, {place}", data) for place, data in self.desk.haystacks())
        yield "the rep's screen, all that was ever written", bytes(self.rep.output)
        # A word that grew letter by letter is nowhere whole in what was written.
        yield "the rep's screen, as it stands", self.rep.text.encode()
        yield from self.files()

    def share(self):
        self.page.goto(f"{self.url}/delivery?token={TOKEN}#access_token={TOKEN}")
        self.browser.share()
        self.stack.accept(self.rep, "Delivery details")

    def fill_in(self):
        shopper = Shopper(self.page, self.url, say=lambda _: None)
        shopper.fill_in()
        shopper.be_refused(1)
        self.rep.wait_for(REFUSAL, 20)
        return shopper

    def toggle_password(self, shopper):
        """Shows the password by a change of type, as shops do, and types a new one into what is now a text field."""
        self.page.evaluate("document.querySelector('[name=password]').type = 'text'")
        shopper.type_into("password", TOGGLED)

    def test_no_secret_is_in_any_byte_or_file_or_on_the_screen(self):
        self.assertTrue(is_luhn(PAGE_CARD) and is_luhn(LUHN_CARD))
        self.share()
        self.page.evaluate(PLANT, [HIDDEN, EDITED, COMMENT, ATTRIBUTE, PAGE_CARD, PAGE_EMAIL, PAGE_IBAN])
        shopper = self.fill_in()
        self.page.click("#letter")
        self.page.keyboard.type(EDITED, delay=15)
        self.toggle_password(shopper)
        shopper.type_into("card", LUHN_CARD)
        # Every part of the form is in the rep's sight once.
        for place in ("0", "document.documentElement.scrollHeight / 2", "document.documentElement.scrollHeight", "0"):
            self.page.evaluate(f"scrollTo(0, {place})")
            follow(self.page, self.rep)
        self.rep.wait_for("Paid with", 20)
        masked = self.rep.text.count("masked")
        self.assertGreaterEqual(masked, 7, f"fields with typed values show that they are masked:\n{self.rep.text}")
        # Another page and back: values that the browser restores are typed values still.
        self.page.goto(f"{self.url}/basket")
        self.rep.wait_for("/basket", 20)
        self.page.fill("[name=promo]", PROMO)
        self.page.click("#promo .main")
        self.page.go_back()
        self.rep.wait_for("Delivery details", 20)
        settle(self.rep)
        self.browser.panel.press("end")
        self.rep.wait_for("ended the session", 20)
        self.assertEqual(self.stack.stop(), 0)
        secrets = [
            *SECRETS,
            CARD.replace(" ", "")[:12],
            "eleanor@shop.example",
            "07700 900123",
            "14 Sandgate Road",
            LUHN_CARD,
            PROMO,
            EDITED,
            HIDDEN,
            TOKEN,
            COMMENT,
            ATTRIBUTE,
            TOGGLED,
            PAGE_CARD,
            PAGE_EMAIL,
            PAGE_IBAN,
        ]
        places = list(self.everything())
        hits = [hit for hit in found_in(places, secrets) if not self.is_shops_own(hit)]
        frames = self.shop.frame_count(), self.desk.frame_count()
        print(
            f"\ncanary: {len(secrets)} secrets, {sum(len(data) for _, data in places)} bytes in {len(places)} places, "
            f"{frames[0]} frames at the shopper's side, {frames[1]} at the rep's, {masked} fields masked: "
            f"{len(hits)} found"
        )
        self.assertGreater(min(frames), 20)
        self.assertEqual(hits, [])

    @staticmethod
    def is_shops_own(hit):
        """Whether the browser itself told the shop an address: its HTTP requests carry the query."""
        return TOKEN in hit and "the shopper's side" in hit and hit.endswith("to the relay")

    def test_the_search_finds_what_a_site_shows_on_purpose(self):
        self.share()
        self.page.evaluate("document.querySelector('[name=first]').setAttribute('data-alongside-show', '')")
        self.fill_in()
        self.page.evaluate("scrollTo(0, 0)")
        self.rep.wait_for(FIRST_NAME, 20)
        hits = found_in(self.everything(), [FIRST_NAME])
        for side in ("the shopper's side", "the rep's side", "the rep's screen"):
            self.assertTrue(any(side in hit for hit in hits), f"nothing found at {side}")
        # What the site shows of one field undresses no other, and a site cannot show a card or a password at all.
        self.page.evaluate("""for (const name of ['card', 'password', 'code', 'holder'])
            document.querySelector(`[name=${name}]`).setAttribute('data-alongside-show', '')""")
        shopper = Shopper(self.page, self.url, say=lambda _: None)
        shopper.type_into("card", CARD)
        shopper.type_into("password", PASSWORD)
        settle(self.rep)
        self.assertEqual(found_in(self.everything(), [PASSWORD, CARD, LAST_NAME]), [])


if __name__ == "__main__":
    unittest.main()
