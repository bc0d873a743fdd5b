"""Test shops of every kind: words painted and words shown at the seat, after each step of a shopper's actions."""

import itertools
import time

import pytest

import layout_oracle
import seat_view
from embed_harness import Stage
from fidelity import COLUMN, ROW, Figures, compare, percentile
from shops import MOVING, STEPS

SHARE_MIN = 0.98
RESULTS = {}
MARKS = itertools.count(1)


@pytest.fixture(scope="module")
def whole():
    stage = Stage(27000)
    yield stage
    stage.stop()
    report()


@pytest.fixture
def stage(whole):
    whole.fresh()
    yield whole
    assert whole.relay.violations == []


def report():
    print(f"\n{'page':10} {'painted':>7} {'shown':>6} {'share':>7} {'false':>5} {'rows p95':>8} {'columns p95':>11}")
    total = Figures()
    for name, figures in RESULTS.items():
        line(name, figures)
        total.add(figures)
    line("all", total)
    settled = percentile(total.settled, 0.95) * 1000
    print(f"converged after a step: p50 {percentile(total.settled, 0.5) * 1000:.0f} ms, p95 {settled:.0f} ms")


def line(name, figures):
    rows, columns = percentile(figures.down, 0.95) / ROW, percentile(figures.across, 0.95) / COLUMN
    print(
        f"{name:10} {figures.painted:7} {figures.shown:6} {100 * figures.share:6.1f}% {len(figures.false):5}"
        f" {rows:8.2f} {columns:11.2f}"
    )


def act(page, step):
    """Does one step; gives the time at which it was done."""
    what, _, rest = step.partition(":")
    if what == "click":
        page.click(rest)
    elif what == "hover":
        page.hover(rest)
    elif what == "move":
        page.mouse.move(*map(int, rest.split(",")))
    elif what == "press":
        page.keyboard.press(rest)
    elif what == "type":
        field, _, text = rest.rpartition(":")
        page.fill(field, text)
    elif what == "resize":
        page.set_viewport_size({"width": int(rest), "height": 800})
    else:
        page.evaluate("() => { " + step + " }")
    return time.time()


def seen(stage, link):
    """Waits until the seat has a view that was read after now; gives it and the time at which it came.

    A title that is new marks it: a view is of one reading.
    """
    mark = f"reading {next(MARKS)}"
    stage.browser.page.evaluate("(mark) => { document.title = mark; }", mark)
    count = len(link.frames)

    def marked():
        frames = [frame for frame in link.frames[count - 1 :] if frame.kind in (0x10, 0x11)]
        return next((frame for frame in frames if title(frame) == mark), None)

    frame = stage.relay.wait(marked, f"a view with the title {mark}", 20)
    return stage.view(link), frame.at


def title(frame):
    return frame.value.get("page", {}).get("title", "")


def measure(stage, link):
    """The figures of what is painted now; what moves by itself is held still meanwhile."""
    page, cdp = stage.browser.page, stage.browser.cdp
    cdp.send("Animation.enable")
    cdp.send("Animation.setPlaybackRate", {"playbackRate": 0})
    view, _ = seen(stage, link)
    size = page.viewport_size
    painted = layout_oracle.painted(stage, (size["width"], size["height"]))
    cdp.send("Animation.setPlaybackRate", {"playbackRate": 1})
    return compare(painted, seat_view.shown(view), layout_oracle.panel_area(page))


@pytest.mark.parametrize("name", STEPS)
def test_a_seat_shows_the_words_that_are_painted(stage, name):
    page = stage.open(f"/shops/{name}.html")
    page.set_viewport_size({"width": 1280, "height": 800})
    link = stage.browser.share(stage.relay)
    page.mouse.move(1270, 5)
    stage.settle(link)
    total = measure(stage, link)
    misses = [("at first", total.lost[:], total.false[:])]
    for step in STEPS[name]:
        seen(stage, link)
        page.wait_for_timeout(150)
        at = act(page, step)
        if name in MOVING:
            page.wait_for_timeout(600)
        else:
            total.settled.append(max(0.0, seen(stage, link)[1] - at))
        figures = measure(stage, link)
        misses.append((step, figures.lost[:], figures.false[:]))
        total.add(figures)
    RESULTS[name] = total
    for step, lost, false in misses:
        if lost or false:
            print(f"\n{name}, {step}: lost {lost[:14]}, false {false[:14]}", end="")
    assert total.share >= SHARE_MIN
    assert percentile(total.down, 0.95) <= ROW and percentile(total.across, 0.95) <= 3 * COLUMN
    assert total.false == []
