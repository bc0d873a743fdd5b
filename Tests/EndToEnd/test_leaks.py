"""Every leak that a mirror of pages is known for, planted on one page: not one may be in a byte on the wire.

The numbers are those of the list of leaks that recording tools were found to have. The search must be able to find:
the same page with one field shown on purpose proves it, and `ALONGSIDE_UNMASKED=FOLDER` runs the search over a
script that masks nothing.
"""

# The page's console says a secret, too.
ERRORS = ["CANARY-p30-error"]
TYPED = "CANARY-typed"
FIELDS = ["p3", "p4", "p5", "p6", "p6b", "area", "search", "list"]
DIGITS = {
    "pin": "846213",
    "card": "4929123456789012",
    "cvc": "7319",
    "otp": "846213",
    "number": "846213",
    "tel": "846213",
}
SECRETS = ["canary", "private.example", "4929", "4111", "1111", "de89", "0532", "7319", "846213", "1987", "06-05"]
SECRETS += ["q7rk29"]
# A shown password is swapped for another element of its name, and one in a root is shown.
SWAP = """() => {
  const other = document.createElement('input');
  Object.assign(other, { name: 'p3', id: 'p3', value: p3.value });
  other.setAttribute('data-alongside-show', '');
  p3.replaceWith(other);
  const inner = document.getElementById('open').shadowRoot.querySelector('input');
  inner.type = 'text';
  inner.setAttribute('data-alongside-show', '');
}"""
LATE = "document.querySelector('[data-alongside-mask] ul').append(document.createTextNode('CANARY-p18'))"
# An address that is itself a key, as in mails to those who forgot their password.
MAGIC = "history.pushState(null, '', '/reset/q7Rk29LmZx81vBn4Tt60wPc3')"


def wire(stage):
    return stage.relay.bytes_and_inflated().decode("utf-8", "replace").lower()


def found(stage):
    """The secrets on the wire; the relay's own frames and the numbers of headers are no text of the page."""
    with stage.relay.changed:
        frames = [frame for link in stage.relay.links for frame in link.frames]
        texts = [text for frame in frames for text in strings(frame.value)]
    text = "\n".join(texts).lower()
    anywhere = [secret for secret in ("canary", "private.") if secret in wire(stage)]
    return sorted({*anywhere, *(secret for secret in SECRETS if secret in text)})


def strings(value):
    """All texts in a body: numbers of places and colours may hold any digits."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def fill(stage):
    """Types into every kind of field, toggles and swaps passwords, and shows each part of the page."""
    page, link = stage.browser.page, stage.relay.links[-1]
    for name in FIELDS:
        page.click(f"#{name}")
        page.keyboard.type(TYPED, delay=8)
    for name, digits in DIGITS.items():
        page.click(f"#{name}")
        page.keyboard.type(digits, delay=8)
    page.click("#iban")
    page.keyboard.type("DE89370400440532013000", delay=8)
    page.click("#mail")
    page.keyboard.type("canary@private.example", delay=8)
    page.set_input_files("#file", {"name": "CANARY-p2.pdf", "mimeType": "text/plain", "buffer": b"CANARY-p2-content"})
    page.click("[data-alongside-mask] button")
    page.evaluate("p3.type = 'text'")
    stage.seen_words(link)
    page.evaluate(SWAP)
    for y in (0, 400, 2000, 0):
        page.evaluate(f"scrollTo(0, {y})")
        stage.seen_words(link)
    # A selection and a region that is masked only now, then words that leave a masked region's neighbour.
    page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-alongside-mask]'))")
    page.evaluate(LATE)
    stage.seen_words(link)


def assert_masks_tell_nothing(view):
    """P26 and P27: no colour of a masked picture, no exact width of masked words."""
    masks = [item for _, _, item in view.items() if item[0] == "m"]
    assert masks and all(item[3] % 8 == 0 for item in masks)
    colours = [item[7] for _, _, item in view.items() if item[0] == "i" and item[3:5] == [30, 20]]
    assert len(colours) == 2 and colours[1] == 0, colours


def test_no_planted_secret_is_on_the_wire(stage):
    query = "token=CANARY-p15-query&CANARY-key-a1b2c3d4e5f6=1#access_token=CANARY-p15"
    # The address of the page before, P15's referrer, is one that holds a secret too.
    stage.open("/long.html?token=CANARY-p15-referrer")
    leave(stage, "/shops/secrets.html?" + query)
    page = stage.browser.page
    link = stage.browser.share(stage.relay)
    fill(stage)
    page.reload()
    second = stage.relay.wait_for_link(1)
    second.watch()
    stage.relay.wait_for_frame(second, 0x10)
    model = stage.seen_words(second)
    page.evaluate(MAGIC)
    stage.seen_words(second)
    hits, frames = found(stage), sum(len(one.frames) for one in stage.relay.links)
    print(f"\nleaks: {frames} frames, {len(wire(stage))} bytes searched for {len(SECRETS)} secrets: {hits}")
    assert hits == [] and len(link.frames) > 10
    assert_masks_tell_nothing(model)
    texts = " ".join(model.texts())
    assert "Secrets of every kind" in texts and "Inside." in texts
    assert {"card", "iban", "email", "private"} <= {item[5] for _, _, item in model.items() if item[0] == "m"}


def leave(stage, path):
    with stage.browser.page.expect_navigation():
        stage.run(f"setTimeout(() => {{ location.href = '{path}'; }});")


def test_a_field_shown_on_purpose_is_found(stage):
    page = stage.open("/shops/secrets.html")
    stage.browser.share(stage.relay)
    page.evaluate("document.querySelector('#search').setAttribute('data-alongside-show', '')")
    page.click("#search")
    page.keyboard.type(TYPED)
    stage.relay.wait(lambda: TYPED.lower() in wire(stage), "what the site shows")
    assert "canary" in found(stage)
