"""Test shops of every kind: words painted and words shown at the seat, after each step of a shopper's actions."""

import itertools

import pytest

import convergence
import layout_oracle
import seat_view
from embed_harness import Stage
from fidelity import compare
from shops import READY, STEPS

ROWS = []
MARKS = itertools.count(1)


@pytest.fixture(scope="module")
def whole():
    stage = Stage(27000)
    yield stage
    stage.stop()
    convergence.report("Chromium", ROWS)


@pytest.fixture
def stage(whole):
    whole.fresh()
    yield whole
    assert whole.relay.violations == []


def act(page, step):
    """Does one step."""
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
        page.evaluate("() => watched.begin(() => { " + step + " })")


def seen(stage, link):
    """Waits until the seat has a view that was read after now, and gives it.

    A title that is new marks it: a view is of one reading.
    """
    mark = f"reading {next(MARKS)}"
    count = len(link.frames)
    stage.browser.page.evaluate("(mark) => { document.title = mark; }", mark)

    def is_there():
        frames = [frame for frame in link.frames[count:] if frame.kind in (0x10, 0x11)]
        return any(frame.value.get("page", {}).get("title") == mark for frame in frames)

    stage.relay.wait(is_there, f"a view with the title {mark}", 20)
    return stage.view(link)


def measure(stage, view):
    """The figures of a view against what is painted now."""
    page = stage.browser.page
    size = page.viewport_size
    painted = layout_oracle.painted(stage, (size["width"], size["height"]))
    return compare(painted, seat_view.shown(view), layout_oracle.panel_area(page))


@pytest.mark.parametrize("name", STEPS)
def test_a_seat_shows_the_words_that_are_painted_after_each_step(stage, name):
    page = stage.open(f"/shops/{name}.html")
    page.set_viewport_size({"width": 1280, "height": 800})
    link = stage.browser.share(stage.relay)
    page.mouse.move(1270, 5)
    page.wait_for_function(READY.get(name, "true"))
    watch = convergence.Watch(
        lambda script: page.evaluate("() => { " + script + " }"),
        stage.relay,
        link,
        lambda: seen(stage, link),
        lambda view: measure(stage, view),
    )
    rows = [watch.first(name)]
    for step in STEPS[name]:
        rows.append(watch.step(name, step, lambda one: act(page, one)))
    ROWS.extend(rows)
    convergence.assert_faithful(rows)


def test_the_screen_converges_soon_after_a_change():
    convergence.assert_soon("Chromium", ROWS)
