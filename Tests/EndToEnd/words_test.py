"""How many of the words that a browser paints stand on the rep's screen, in their places: the figures of every page.

The shop's five pages in a viewport of 1280 x 800, as they load and scrolled to their foot; the rep's terminal has
200 x 56 cells at the readable zoom, where the pane covers the viewport whole, so that nothing is panned. The tables are
printed. `share` counts words within 2 rows and 4 columns of their pixels, `in rows` those within 2 rows.
"""

import time
import unittest

from browsers import Firefox, WebKit
from painted_words import compare, painted_by_layout, painted_by_ranges
from relay_stack import Chromium, PaneScale, RelayStack, follow, settle
from shopper import POSTCODE, REFUSAL, Shopper

CHROMIUM_SHARE_MIN = 0.97
OTHER_SHARE_MIN = 0.95
FOOT = " (foot)"
PAGES = ["/", "/product", "/basket", "/delivery", "/order-done"]
FOLLOW_SECONDS = 20
# A place without words, so that the shopper's cursor hides none.
ASIDE = (3, 420)


class Figures:
    """The rows of one browser's table."""

    def __init__(self, name):
        self.name = name
        self.rows = []

    def add(self, page, comparison):
        self.rows.append((page, comparison))

    def print(self):
        print(f"\n{self.name}, 1280x800, rep 200x56 readable: words painted and words on the rep's screen")
        print(
            f"{'page':<24}{'painted':>8}{'found':>7}{'share':>9}{'in rows':>9}{'far':>5}{'cut':>5}{'lost':>5}"
            f"{'rows off':>10}{'columns off':>13}"
        )
        for page, one in self.rows:
            print(
                f"{page:<24}{len(one.painted):>8}{len(one.found):>7}{one.share:>9.2%}{one.share_of_rows:>9.2%}"
                f"{len(one.far):>5}{len(one.cut):>5}{len(one.lost):>5}{one.row_error:>10}{one.column_error:>13.1f}"
            )
        for page, one in self.rows:
            for miss in one.misses:
                print(f"  {page}: {miss}")


class WordsTest(unittest.TestCase):
    def setUp(self):
        self.stack = self.enterContext(RelayStack())
        self.rep = self.stack.open_rep()

    def follow(self, path, words=None):
        """Waits until the rep's screen has followed the shopper to `path`."""
        address = f"127.0.0.1:{self.stack.port}{path}"
        self.rep.wait_for(
            lambda text: text.split("\n")[1].split("  ")[0].strip() == address and "Watching:" in text,
            FOLLOW_SECONDS,
            what=address,
        )
        if words is not None:
            self.rep.wait_for(words, FOLLOW_SECONDS)
        settle(self.rep)

    def measure(self, figures, name, painted):
        """Compares what is painted with the screen, again while the page is still on its way."""
        scale = PaneScale(self.rep)
        self.assertEqual(scale.zoom, "readable")
        self.assertTrue(scale.is_whole, "the pane does not cover the viewport: pan, and count the union")
        words = painted()
        self.assertGreater(len(words), 20, f"{name}: the oracle sees no page")
        best = compare(words, self.rep.screen, scale)
        end = time.monotonic() + 3
        while best.share < 1 and time.monotonic() < end:
            self.rep.read(0.2)
            again = compare(words, self.rep.screen, scale)
            best = max(best, again, key=lambda one: one.share)
        figures.add(name, best)

    def check(self, figures, share_min):
        figures.print()
        for page, one in figures.rows:
            with self.subTest(page=page):
                self.assertGreaterEqual(one.share, share_min, f"{page}: {one.misses}")

    def test_words_of_chromium_stand_on_the_reps_screen(self):
        figures, check_figures = Figures("Chromium (layout tree)"), Figures("Chromium (ranges)")
        with Chromium() as browser:
            page = browser.page

            def measure(name):
                page.mouse.move(*ASIDE)
                self.measure(figures, name, lambda: painted_by_layout(page, browser.panel.cdp))
                self.measure(
                    check_figures,
                    name,
                    lambda: painted_by_ranges(lambda script: page.evaluate("() => {" + script + "}")),
                )

            page.goto(self.stack.url + "/")
            browser.share()
            self.stack.accept(self.rep)
            for path in PAGES:
                if page.url != self.stack.url + path:
                    page.goto(self.stack.url + path)
                self.follow(path)
                if path == "/delivery":
                    shopper = Shopper(page, self.stack.url, say=lambda _: None)
                    shopper.fill_in()
                    shopper.be_refused(1)
                    page.mouse.move(*ASIDE)
                    page.evaluate("scrollTo(0, 0)")
                    self.rep.wait_for(REFUSAL, FOLLOW_SECONDS)
                    settle(self.rep)
                measure(path)
                page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
                follow(page, self.rep)
                measure(path + FOOT)
        self.check(figures, CHROMIUM_SHARE_MIN)
        self.check(check_figures, CHROMIUM_SHARE_MIN)

    def other(self, kind):
        figures = Figures(f"{kind.name} (ranges)")
        with kind() as browser:
            browser.go(self.stack.url + "/")
            browser.fit()
            browser.share()
            self.stack.accept(self.rep)
            for path in PAGES:
                if path != "/":
                    browser.go(self.stack.url + path)
                self.follow(path)
                if path == "/delivery":
                    self.be_refused(browser)
                browser.move(*ASIDE)
                self.measure(figures, path, lambda: painted_by_ranges(browser.run))
                browser.run("scrollTo(0, document.documentElement.scrollHeight)")
                settle(self.rep)
                self.measure(figures, path + FOOT, lambda: painted_by_ranges(browser.run))
        self.check(figures, OTHER_SHARE_MIN)

    def be_refused(self, browser):
        """Types half a postcode, leaves the field, and waits for the refusal on the rep's screen."""
        x, y = browser.run(
            "const at = document.querySelector('[name=postcode]').getBoundingClientRect();"
            "return [at.left + at.width / 2, at.top + at.height / 2];"
        )
        browser.click(x, y)
        browser.type(POSTCODE)
        browser.click(*ASIDE)
        self.rep.wait_for(REFUSAL, FOLLOW_SECONDS)
        settle(self.rep)

    def test_words_of_firefox_stand_on_the_reps_screen(self):
        self.other(Firefox)

    def test_words_of_webkit_stand_on_the_reps_screen(self):
        self.other(WebKit)


if __name__ == "__main__":
    unittest.main()
