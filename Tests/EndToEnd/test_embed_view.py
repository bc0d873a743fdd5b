"""What the script sends against what Chromium paints."""

import time

import pytest

import words_oracle
from embed_harness import SHOP

DEMO = sorted(file.name for file in SHOP.glob("*.html"))


STILL = """() => document.getAnimations().every((one) =>
  one.playState === 'finished' || !isFinite(one.effect.getComputedTiming().endTime))"""


def converge(stage, link):
    """The view after all deltas must be what a fresh keyframe says: deltas lose nothing."""
    stage.browser.page.wait_for_function(STILL)
    for _ in range(5):
        before = stage.seen(link)
        stage.keyframe(link)
        after = stage.view(link)
        # What is round the viewport comes with the next frame where a look takes long.
        if before.members["reach"] == after.members["reach"]:
            break
    ours, theirs = list(before.items()), list(after.items())
    assert before.members == after.members
    assert ours == theirs, [pair for pair in zip(ours, theirs) if pair[0] != pair[1]][:3]
    return after


@pytest.mark.parametrize("path", ["form.html"] + [f"demo/{name}" for name in DEMO])
def test_the_words_painted_are_the_words_sent(stage, path):
    page = stage.open("/" + path)
    link = stage.browser.share(stage.relay)
    painted = found = 0
    missing = []
    for y in (0, 300, 900, 1800):
        page.evaluate(f"scrollTo({{top: {y}, behavior: 'instant'}})")
        model = converge(stage, link)
        counts = words_oracle.compare(page, stage.browser.cdp, model)
        painted, found, missing = painted + counts[0], found + counts[1], missing + counts[2]
    print(f"{path}: {found} of {painted} words, {100 * found / painted:.1f} %")
    assert painted > 20 and found / painted >= 0.97, missing


CHANGES = {
    "text": "document.querySelector('h1').textContent = 'Another heading'",
    "insert": "document.querySelector('main').prepend('At the top')",
    "remove": "document.getElementById('long').remove()",
    "style": "document.querySelector('.card').style.background = 'rgb(1, 2, 3)'",
    "value": "promo.value = 'SPRING25'; promo.dispatchEvent(new Event('input', {bubbles: true}))",
    "check": "document.getElementById('gift').click()",
    "dialog": "document.getElementById('dialog').showModal()",
    "shadow": "document.getElementById('host').shadowRoot.querySelector('p').append(' and more')",
    "inner scroll": "document.getElementById('scroller').scrollTop = 400",
    "page scroll": "scrollTo(0, 700)",
    "resize": "document.querySelector('main').style.maxWidth = '500px'",
    "rule": "document.styleSheets[0].insertRule('h1 { color: rgb(9, 8, 7) }', 0)",
    "silent value": "document.getElementById('gift').indeterminate = true",
    "reorder": "document.querySelector('main').append(document.querySelector('.card'))",
    "transition": "Object.assign(long.style, {transition: 'margin-left .3s', marginLeft: '60px'})",
    "focus": "document.getElementById('name').focus()",
    "image": "var one = document.querySelector('img[src]'); one.src = one.src.replace('008000', '800000')",
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_sent_as_a_delta(stage, name):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    before = list(stage.seen(link).items())
    count = len(link.of(0x10))
    page.evaluate(CHANGES[name])
    stage.relay.wait(lambda: list(stage.view(link).items()) != before, f"a change after {name}")
    stage.seen(link)
    assert len(link.of(0x10)) == count, "a change was sent as a keyframe"
    converge(stage, link)


def places(model):
    """Where lines of text stand in the document."""
    scroll = model.layers[0][8]
    return [
        model.origin(block[0])[1] + block[2] + item[2] + scroll
        for block in model.blocks.values()
        for item in block[3]
        if item[0] == "t"
    ]


def test_a_part_that_a_rep_looks_at_is_sent_beside_the_viewport(stage):
    page = stage.open("/long.html")
    link = stage.browser.share(stage.relay)
    converge(stage, link)
    height = page.evaluate("innerHeight")
    assert max(places(stage.view(link))) < 2.5 * height, "more than the band was captured"
    link.send(0x52, {"y": 4000, "height": 900})
    stage.relay.wait(lambda: any(4000 < y < 4900 for y in places(stage.view(link))), "the part looked at")
    after = converge(stage, link)
    assert [0, 4000, page.evaluate("document.documentElement.clientWidth"), 900] in after.members["reach"]
    assert not [y for y in places(after) if 2.5 * height < y < 3700 or y > 5200]
    assert page.evaluate("scrollY") == 0, "the shopper was moved"
    page.evaluate("scrollTo({top: 500, behavior: 'instant'})")
    assert any(4000 < y < 4900 for y in places(converge(stage, link))), "the part stays while the shopper scrolls"


def picture(model, words):
    """The item of the image with this alternative."""
    return next(item for _, _, item in model.items() if item[0] == "i" and item[6] == words)


def test_a_picture_that_a_rep_asks_for_comes_finer_and_one_that_is_masked_does_not(stage):
    page = stage.open("/form.html")
    page.evaluate("document.querySelector('img[alt=\"A green shoe\"]').scrollIntoView({block: 'center'})")
    link = stage.browser.share(stage.relay)
    shoe = picture(converge(stage, link), "A green shoe")
    assert shoe[8:10] == [4, "080f" * 12] and shoe[10] > 0 and len(shoe) == 11
    link.send(0x53, {"ask": 1, "rep": "Mari", "picture": shoe[10]})
    stage.relay.wait(lambda: len(picture(stage.view(link), "A green shoe")) > 11, "the finer picture")
    assert picture(stage.view(link), "A green shoe")[8:] == [*shoe[8:11], 20, "080f" * 300]
    assert link.of(0x54) == []
    stage.keyframe(link)
    stage.relay.wait(lambda: "080f" * 300 in link.of(0x10)[-1].plain.decode(), "a seat that comes later sees it too")
    page.evaluate("document.querySelector('img[alt=\"A green shoe\"]').setAttribute('data-alongside-mask', '')")
    stage.relay.wait(
        lambda: not [item for _, _, item in stage.view(link).items() if item[0] == "i" and len(item) > 8],
        "the mask over the picture",
    )


def test_only_the_last_few_pictures_are_sent_finer(stage):
    page = stage.open("/form.html")
    page.evaluate("""() => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 400;
      const pen = canvas.getContext('2d');
      pen.fillStyle = '#00f';
      pen.fillRect(0, 0, 400, 400);
      const [address, row] = [canvas.toDataURL(), document.createElement('div')];
      for (let n = 0; n < 6; n += 1) {
        const image = Object.assign(new Image(300, 300), { src: address, alt: `Blue ${n}` });
        row.append(image);
      }
      document.body.replaceChildren(row);
      scrollTo(0, 0);
    }""")
    link = stage.browser.share(stage.relay)
    converge(stage, link)
    for n in range(6):
        stage.relay.wait(lambda: len(picture(stage.view(link), f"Blue {n}")) > 10, "its number")
        number = picture(stage.view(link), f"Blue {n}")[10]
        link.send(0x53, {"ask": n + 1, "rep": "Mari", "picture": number})
        stage.relay.wait(lambda: len(picture(stage.view(link), f"Blue {n}")) > 11, "the finer picture")
    after = converge(stage, link)
    assert [len(picture(after, f"Blue {n}")) for n in range(6)] == [11, 11, 13, 13, 13, 13]
    assert picture(after, "Blue 5")[11:] == [64, "00ff" * 4096], "no more cells than the limit"


def test_a_small_scroll_sends_nothing_but_scroll(stage):
    page = stage.open("/long.html")
    link = stage.browser.share(stage.relay)
    converge(stage, link)
    keyframes, deltas, scrolls = (len(link.of(kind)) for kind in (0x10, 0x11, 0x12))
    for y in (20, 60, 100):
        count = len(link.of(0x12))
        page.evaluate(f"scrollTo({{top: {y}, behavior: 'instant'}})")
        stage.relay.wait_for_frame(link, 0x12, after=count)
    assert len(link.of(0x12)) - scrolls == 3
    assert (len(link.of(0x10)), len(link.of(0x11))) == (keyframes, deltas)


def test_pictures_bring_their_colours(stage):
    stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    view = converge(stage, link)
    items = [item for block in view.blocks.values() for item in block[3]]
    pictures = [item for item in items if item[0] == "i" and len(item) > 9]
    assert pictures and all(len(item[9]) % (4 * item[8]) == 0 and item[9] for item in pictures)


def test_a_gradient_brings_its_ends(stage):
    stage.open("/long.html")
    view = converge(stage, stage.browser.share(stage.relay))
    gradients = [item[9] for block in view.blocks.values() for item in block[3] if item[0] == "b" and len(item) > 9]
    assert gradients and all(one == [180, 0xCCDDEEFF, 0x8899AAFF] for one in gradients)


def test_a_change_arrives_within_150_ms(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    stage.seen(link)
    times = []
    for n in range(20):
        count = len(link.of(0x11))
        start = time.time()
        page.evaluate(f"document.querySelector('h1').textContent = 'Heading {n}'")
        times.append(stage.relay.wait_for_frame(link, 0x11, after=count).at - start)
        # It is time that is measured: the next change comes when the script has rested from its look at this one.
        stage.rest(0.07)
    times.sort()
    print(f"change to frame: p50 {times[10] * 1000:.0f} ms, worst {times[-1] * 1000:.0f} ms")
    assert times[-2] < 0.15


def test_random_changes_converge(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    for seed in range(6):
        page.evaluate(
            """(seed) => {
          let state = seed * 2654435761 + 1;
          const random = (n) => {
            state = (state * 1103515245 + 12345) % 2147483648;
            return Math.floor(state / 65536) % n;
          };
          const positions = ['static', 'relative', 'absolute', 'sticky', 'fixed'];
          const all = () => [...document.querySelectorAll('main *')].filter((one) => !one.closest('svg'));
          for (let step = 0; step < 40; step += 1) {
            const elements = all();
            const one = elements[random(elements.length)], other = elements[random(elements.length)];
            switch (random(7)) {
              case 0: one.append(document.createTextNode(' words ' + step)); break;
              case 1: try { one.append(other); } catch { /* It contains the place. */ } break;
              case 2: Object.assign(one.style, { position: positions[random(5)], top: random(300) + 'px' }); break;
              case 3: one.style.overflow = ['visible', 'hidden', 'auto'][random(3)]; break;
              case 4: one.style.zIndex = String(random(5) - 1); break;
              case 5: one.style.opacity = String(random(10) / 10); break;
              case 6: scrollTo(0, random(1500)); break;
            }
          }
        }""",
            seed,
        )
        converge(stage, link)


def test_scrolling_is_sent_at_once_and_the_band_moves_in_steps(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    stage.seen(link)
    frames = len(link.frames)
    for y in range(10, 110, 10):
        page.evaluate(f"scrollTo(0, {y})")
        stage.relay.wait(lambda: stage.view(link).layers[0][7:9] == [0, y], f"the scroll to {y}")
    stage.seen(link)
    new = link.frames[frames:]
    # A look that happens to be under way when the page is scrolled tells it in its delta.
    scrolls = [frame.value for frame in new if frame.kind == 0x12]
    assert len(scrolls) >= 5 and all(scroll in [[[0, 0, y]] for y in range(10, 110, 10)] for scroll in scrolls)
    assert sum(len(frame.body) for frame in new) < 3000
    converge(stage, link)


def test_the_cursor_is_sent_at_most_30_times_a_second_and_its_last_place_always(stage):
    page = stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    stage.seen(link)
    start = time.time()
    for n in range(120):
        page.mouse.move(100 + n * 4, 200 + n)
    took = time.time() - start
    stage.relay.wait(lambda: link.of(0x20) and link.of(0x20)[-1].value == [576, 319], "the cursor's last place")
    cursors = link.of(0x20)
    assert len(cursors) <= took * 30 + 3
    assert all(abs(frame.at - frame.captured / 1e6) < 0.25 for frame in cursors)
    assert [frame.captured for frame in cursors] == sorted(frame.captured for frame in cursors)
    page.mouse.down()
    page.mouse.up()
    assert [frame.value for frame in link.of(0x13)] == [[576, 319, "down"], [576, 319, "up"]] or stage.relay.wait(
        lambda: len(link.of(0x13)) == 2, "presses"
    )


def test_our_own_panel_is_never_captured(stage):
    stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    stage.browser.until_status("looking")
    assert not any("looking" in text for text in stage.seen(link).texts())


def test_an_idle_page_is_quiet(stage):
    stage.open("/form.html")
    link = stage.browser.share(stage.relay)
    stage.seen(link)
    count = len(link.frames)
    stage.stays(lambda: len(link.frames) == count, 2.5, "no frame of a page on which nothing happens")


def test_a_pass_over_a_page_of_800_elements_is_cheap(stage):
    page = stage.open("/long.html")
    assert page.evaluate("document.querySelectorAll('*').length") >= 800
    link = stage.browser.share(stage.relay)
    stage.seen(link)
    stage.browser.cdp.send("Profiler.enable")
    stage.browser.cdp.send("Profiler.start")
    for n in range(20):
        count = len(link.of(0x11))
        page.evaluate(f"document.querySelector('h1').textContent = 'Heading {n}'")
        stage.relay.wait_for_frame(link, 0x11, after=count)
    profile = stage.browser.cdp.send("Profiler.stop")["profile"]
    names = {node["id"]: node for node in profile["nodes"]}
    ours = sum(
        delta
        for sample, delta in zip(profile["samples"], profile["timeDeltas"])
        if names[sample]["callFrame"]["url"].split("/")[-1].startswith("alongside.")
    )
    keyframe = link.of(0x10)[0]
    print(f"a pass: {ours / 20 / 1000:.1f} ms; keyframe {len(keyframe.plain)} bytes, {len(keyframe.body)} deflated")
    assert ours / 20 < 25_000
