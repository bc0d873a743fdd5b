"""Firefox and WebKit show a seat what they paint, after each step of a shopper's actions, and leak nothing.

The same pages, steps and bounds as for Chromium (`test_fidelity.py`), against an account of what is painted that
these browsers can give (`engine_oracle.py`).
"""

import pytest

import convergence
import engine_oracle
import seat_view
from browsers import until
from fidelity import compare
from shops import READY, STEPS
from test_leaks import DIGITS, FIELDS, LATE, MAGIC, SWAP, TYPED, assert_masks_tell_nothing, found, wire

ENGINES = ["Firefox", "WebKit"]
ROWS = {"Firefox": [], "WebKit": []}


@pytest.fixture(scope="module", autouse=True)
def tables():
    yield
    for name, rows in ROWS.items():
        if rows:
            convergence.report(name, rows)


def measure(stage, view):
    """The figures of a view against what is painted now."""
    panel = stage.browser.panel()
    figures = compare(engine_oracle.painted(stage.run), seat_view.shown(view), panel)
    figures.false = engine_oracle.not_there(stage.run, figures.false)
    return figures


@pytest.mark.parametrize("name", STEPS)
def test_a_seat_shows_the_words_that_are_painted_after_each_step(stage, name):
    stage.browser.fit()
    stage.open(f"/shops/{name}.html")
    link = stage.share()
    stage.browser.move(1270, 5)
    until(lambda: stage.run(f"return {READY.get(name, 'true')};"), 20, f"all of {name}")
    watch = convergence.Watch(
        stage.run, stage.relay, link, lambda: stage.seen(link), lambda view: measure(stage, view)
    )
    rows = [watch.first(name)]
    for step in STEPS[name]:
        rows.append(watch.step(name, step, stage.act))
    ROWS[stage.browser.name].extend(rows)
    convergence.assert_faithful(rows)


def test_the_screen_converges_soon_after_a_change(whole):
    convergence.assert_soon(whole.browser.name, ROWS[whole.browser.name])


def test_no_planted_secret_is_on_the_wire(stage):
    stage.open("/shops/secrets.html?token=CANARY-p15-query#access_token=CANARY-p15")
    link = stage.share()
    for name in [*FIELDS, *DIGITS, "iban", "mail"]:
        stage.type_into(f"#{name}", DIGITS.get(name, "canary@private.example" if name == "mail" else TYPED))
    stage.run("p3.type = 'text'; p3.setAttribute('data-alongside-show', '');")
    stage.seen(link)
    stage.browser.click(*stage.middle("[data-alongside-mask] button"))
    stage.run("(" + SWAP + ")();")
    for y in (400, 2000, 0):
        stage.run(f"scrollTo(0, {y});")
        stage.seen_words(link)
    view = stage.view(link)
    stage.run("getSelection().selectAllChildren(document.querySelector('[data-alongside-mask]'));" + LATE)
    stage.seen_words(link)
    stage.run(MAGIC)
    stage.seen_words(link)
    hits = found(stage)
    print(f"\n{stage.browser.name}: {len(link.frames)} frames, {len(wire(stage))} bytes searched: {hits}")
    assert hits == [] and len(link.frames) > 10
    assert_masks_tell_nothing(view)
    assert "Secrets of every kind" in " ".join(stage.view(link).texts())


def test_what_a_site_shows_on_purpose_is_found(stage):
    stage.open("/shops/secrets.html")
    stage.share()
    stage.run("document.querySelector('#search').setAttribute('data-alongside-show', '');")
    stage.type_into("#search", TYPED)
    stage.relay.wait(lambda: "canary" in found(stage), "what the site shows")


def test_a_session_goes_on_over_pages_reload_and_back_and_ends(stage):
    stage.relay.auto_watch = True
    stage.open("/form.html")
    first = stage.share(watch=False)
    stage.relay.wait_for_frame(first, 0x10)
    leave = "setTimeout(() => { %s });"
    for number, step in enumerate(["location.href = '/long.html'", "location.reload()", "history.back()"], 1):
        stage.run(leave % step)
        link = stage.relay.wait_for_link(number)
        frame = stage.relay.wait_for_frame(link, 0x10)
        assert link.session is first.session and link.of(0x30) == [] and frame.value["page"]["id"] == number + 1
    stage.run("document.querySelector('h1').textContent = 'Awake';")
    stage.relay.wait(lambda: "Awake" in stage.view(link).texts(), "a change after the return")
    stage.press_end()
    stage.relay.wait(lambda: link.of(0x46), "the end")


def test_a_page_that_changes_its_address_by_itself_stays_one_page(stage):
    stage.open("/form.html")
    link = stage.share()
    stage.run(
        "history.pushState(null, '', '/shops/next?step=2#part'); document.title = 'Step two';"
        "const main = document.createElement('main'); main.innerHTML = '<h1>The second step</h1>';"
        "document.body.replaceChildren(main);"
    )
    stage.relay.wait(lambda: "The second step" in stage.view(link).texts(), "the new contents")
    view = stage.view(link)
    assert "Delivery details" not in view.texts() and len(stage.relay.links) == 1
    assert view.members["page"]["id"] == 1 and view.members["page"]["url"].endswith("/shops/next?step=")


def test_a_network_that_comes_back_is_used_at_once(stage):
    stage.relay.auto_watch = True
    stage.open("/form.html")
    link = stage.share(watch=False)
    stage.relay.wait_for_frame(link, 0x10)
    stage.relay.stop(4002)
    stage.relay.listen_again()
    stage.run("dispatchEvent(new Event('online'));")
    back = stage.relay.wait_for_link(1)
    stage.relay.wait_for_frame(back, 0x10)
    assert back.session is link.session and back.of(0x30) == []


def test_a_private_page_is_not_captured(stage):
    stage.open("/form.html")
    link = stage.share()
    stage.run("history.pushState(null, '', '/private/card'); document.title = 'CANARY-title';")
    stage.relay.wait(lambda: any(one.value.get("notice") == "private" for one in link.of(0x10)), "the notice")
    assert b"CANARY" not in stage.relay.bytes_and_inflated()


def test_the_session_goes_to_the_tab_that_the_shopper_looks_at(stage):
    stage.relay.auto_watch = True
    stage.open("/form.html")
    (one,) = stage.browser.tabs()
    first = stage.share(watch=False)
    stage.relay.wait_for_frame(first, 0x10)
    stage.browser.open_tab()
    stage.open("/long.html")
    second = stage.relay.wait_for_link(1)
    assert stage.relay.wait_for_frame(second, 0x10).value["page"]["tab"] == 2
    assert stage.relay.wait(lambda: first.close_code, "the end of the first link") == 4509
    stage.browser.close_tab()
    stage.browser.go_to_tab(one)
    stage.run("dispatchEvent(new Event('focus'));")
    third = stage.relay.wait_for_link(2)
    assert "form" in stage.relay.wait_for_frame(third, 0x10).value["page"]["url"]
    assert third.session is first.session is second.session
