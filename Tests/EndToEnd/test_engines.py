"""Firefox and WebKit show a seat what they paint, after each step of a shopper's actions, and leak nothing.

The same pages, steps and bounds as for Chromium (`test_fidelity.py`), against an account of what is painted that
these browsers can give (`engine_oracle.py`). A run in the budget takes a few pages of different kinds;
`ALONGSIDE_SOAK=1` takes all of them.
"""

import os
import time

import pytest

import engine_oracle
import seat_view
from browsers import Firefox, WebKit
from engine_stage import EngineStage
from fidelity import COLUMN, ROW, Figures, compare, percentile
from shops import MOVING, STEPS
from test_leaks import DIGITS, FIELDS, TYPED, found, wire

SHARE_MIN = 0.98
IN_BUDGET = ["checkout", "frames", "layers", "rtl"]
NAMES = list(STEPS) if os.environ.get("ALONGSIDE_SOAK") else IN_BUDGET
RESULTS = {}
ANIMATIONS = """
const all = (root) => [root, ...[...root.querySelectorAll('iframe')].flatMap((one) => {
  try { return one.contentDocument ? all(one.contentDocument) : []; } catch { return []; }
})];
for (const one of all(document).flatMap((each) => each.getAnimations())) one.%s();"""


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=lambda kind: kind.name)
def whole(request):
    stage = EngineStage(request.param, 27500 if request.param is Firefox else 27540)
    yield stage
    stage.stop()
    if RESULTS:
        report(stage.browser.name)


@pytest.fixture
def stage(whole):
    whole.fresh()
    yield whole
    assert whole.relay.violations == []


def report(engine):
    print(f"\n{engine:10} {'painted':>7} {'shown':>6} {'share':>7} {'false':>5} {'rows p95':>8} {'columns p95':>11}")
    total = Figures()
    for (kind, name), figures in RESULTS.items():
        if kind == engine:
            line(name, figures)
            total.add(figures)
    line("all", total)
    waits = [percentile(total.settled, part) * 1000 for part in (0.5, 0.95)]
    print("converged after a step: p50 {:.0f} ms, p95 {:.0f} ms".format(*waits))


def line(name, figures):
    rows, columns = percentile(figures.down, 0.95) / ROW, percentile(figures.across, 0.95) / COLUMN
    print(
        f"{name:10} {figures.painted:7} {figures.shown:6} {100 * figures.share:6.1f}% {len(figures.false):5}"
        f" {rows:8.2f} {columns:11.2f}"
    )


def measure(stage, link):
    """The figures of what is painted now; what moves by itself is held still meanwhile."""
    stage.run(ANIMATIONS % "pause")
    view, _ = stage.seen(link)
    panel = stage.browser.panel()
    figures = compare(engine_oracle.painted(stage.run), seat_view.shown(view), panel)
    figures.false = engine_oracle.not_there(stage.run, figures.false)
    stage.run(ANIMATIONS % "play")
    return figures


@pytest.mark.parametrize("name", NAMES)
def test_a_seat_shows_the_words_that_are_painted(stage, name):
    stage.browser.fit()
    stage.open(f"/shops/{name}.html")
    link = stage.share()
    stage.browser.move(1270, 5)
    total = measure(stage, link)
    misses = [("at first", total.lost[:], total.false[:])]
    for step in STEPS[name]:
        stage.seen(link)
        at = stage.act(step)
        if name in MOVING:
            time.sleep(0.6)
        else:
            total.settled.append(max(0.0, stage.seen(link)[1] - at))
        figures = measure(stage, link)
        misses.append((step, figures.lost[:], figures.false[:]))
        total.add(figures)
    RESULTS[stage.browser.name, name] = total
    for step, lost, false in misses:
        if lost or false:
            print(f"\n{stage.browser.name}, {name}, {step}: lost {lost[:14]}, false {false[:14]}", end="")
    assert total.painted > 20 and total.share >= SHARE_MIN
    assert percentile(total.down, 0.95) <= ROW and percentile(total.across, 0.95) <= 3 * COLUMN
    assert total.false == []


def test_no_planted_secret_is_on_the_wire(stage):
    stage.open("/shops/secrets.html?token=CANARY-p15-query#access_token=CANARY-p15")
    link = stage.share()
    for name in [*FIELDS, *DIGITS, "iban", "mail"]:
        stage.type_into(f"#{name}", DIGITS.get(name, "canary@private.example" if name == "mail" else TYPED))
    stage.run("p3.type = 'text'; p3.setAttribute('data-alongside-show', '');")
    stage.seen(link)
    for y in (400, 2000, 0):
        stage.run(f"scrollTo(0, {y});")
        stage.seen_frame(link)
    stage.run("document.querySelector('[data-alongside-mask] ul').append(document.createTextNode('CANARY-p18'));")
    stage.seen_frame(link)
    hits = found(stage)
    print(f"\n{stage.browser.name}: {len(link.frames)} frames, {len(wire(stage))} bytes searched: {hits}")
    assert hits == [] and len(link.frames) > 10
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
