"""Secrets are planted wherever a page may hold one; not one may stand in a byte on the wire, deflated or not."""

PASSWORD, CARD, NAME = "Tr0ub4dor-and-3", "4111 1111 1111 1111", "Eleanora Whitcombe"
SECRETS = [
    PASSWORD,
    CARD,
    CARD.replace(" ", ""),
    NAME,
    "Eleanora",
    "Whitcombe",
    "jane.doe@",
    "example.com",
    "DE89",
    "CANARY",
]


def grep(stage):
    wire = stage.relay.bytes_and_inflated().decode("utf-8", "replace")
    assert len(wire) > 2000
    return [secret for secret in SECRETS if secret.lower() in wire.lower()]


def test_no_secret_of_the_form_is_on_the_wire(stage):
    page = stage.open("/form.html?token=CANARY-query&magic#CANARY-fragment")
    link = stage.browser.share(stage.relay)
    typed = {"#password": PASSWORD, "#card": CARD, "#name": NAME, "#note": NAME, "#editable": NAME}
    for field, text in typed.items():
        page.click(field)
        page.keyboard.type(text)
    page.set_input_files("#file", {"name": "CANARY-file.pdf", "mimeType": "text/plain", "buffer": b"CANARY-content"})
    page.select_option("#country", "fi")
    page.check("#gift")
    model = stage.seen(link)
    # The password is shown by its toggle, then swapped for another element of the same name.
    page.evaluate("document.getElementById('password').type = 'text'")
    stage.seen(link)
    page.evaluate("""() => {
      const old = document.getElementById('password');
      const other = document.createElement('input');
      Object.assign(other, { name: 'password', id: 'password', value: old.value });
      other.setAttribute('data-alongside-show', '');
      old.replaceWith(other);
    }""")
    for y in (400, 900, 3000):
        page.evaluate(f"scrollTo(0, {y})")
        stage.seen(link)
    stage.keyframe(link)
    assert grep(stage) == []
    states = {item[13]: item[6] for item in model.controls() if len(item) > 13}
    assert states["First name"] & 96 == 32 and states["Gift wrap"] & 4, "masked fields tell whether they are empty"
    kinds = {item[5] for _, _, item in model.items() if item[0] == "m"}
    assert kinds & {"card", "email", "iban", "private"}


def test_a_masked_field_tells_nothing_of_its_keystrokes(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    page.click("#name")
    page.keyboard.type("E")
    stage.relay.wait(
        lambda: any(item[6] & 97 == 33 and item[5] == "text" for item in stage.view(link).controls()),
        "the field: focused, masked, not empty",
    )
    stage.seen(link)
    count, letters = len(link.of(0x10, 0x11)), "leanora Whitcombe"
    for letter in letters:
        page.keyboard.type(letter)
        stage.seen(link)
    assert len(link.of(0x10, 0x11)) == count + len(letters), "more was sent than the marks of the readings"


def test_a_secret_typed_into_a_shown_field_is_masked_before_it_is_whole(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    page.fill("#promo", "")
    page.click("#promo")
    page.keyboard.type(CARD[:4])
    stage.relay.wait(lambda: any(item[7] == CARD[:4] for item in stage.view(link).controls()), "a shown value")
    for letter in CARD[4:]:
        page.keyboard.type(letter)
        stage.seen(link)
    wire = stage.relay.bytes_and_inflated().decode("utf-8", "replace")
    assert "4111 1111" not in wire


def test_what_is_written_in_parts_is_still_found(stage):
    page = stage.open("/form.html")
    page.evaluate("""() => {
      const place = document.querySelector('h1');
      place.replaceChildren();
      for (const part of ['4111', ' 1111', ' 1111', ' 1111']) {
        place.append(Object.assign(document.createElement('span'), { textContent: part }));
      }
      const mail = document.getElementById('long');
      mail.replaceChildren('Write to jane.doe', document.createElement('wbr'), '@example.com');
    }""")
    link = stage.browser.share(stage.relay)
    assert "11111111" not in "".join(stage.seen(link).texts()).replace(" ", "")
    assert (
        "example.com" not in stage.relay.bytes_and_inflated().decode("utf-8", "replace").split("As on the parcel")[0]
    )


def test_a_region_masked_later_is_gone_from_the_view(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    assert "Delivery details" in stage.seen(link).texts()
    page.evaluate("document.querySelector('main').setAttribute('data-alongside-mask', '')")
    stage.relay.wait(lambda: "Delivery details" not in stage.view(link).texts(), "the mask")
    names = [item[13] for item in stage.view(link).controls() if len(item) > 13]
    assert names == []
