"""Test shops of every kind: words painted and words shown at the seat, after each step of a shopper's actions."""

import pytest

import convergence
import layout_oracle
import seat_view
from fidelity import compare
from shops import READY, STEPS

ROWS = []


@pytest.fixture(scope="module", autouse=True)
def table():
    yield
    convergence.report("Chromium", ROWS)


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
        stage.run,
        stage.relay,
        link,
        lambda: stage.seen(link),
        lambda view: measure(stage, view),
    )
    rows = [watch.first(name)]
    for step in STEPS[name]:
        rows.append(watch.step(name, step, stage.act))
    ROWS.extend(rows)
    convergence.assert_faithful(rows)


def test_the_screen_converges_soon_after_a_change():
    convergence.assert_soon("Chromium", ROWS)
