"""What a rep asks of the shopper, through the real browser, relay and terminal client: another tab, a finer picture."""

import base64
from math import ceil, floor

import pytest

from audit_records import records
from panel import Panel
from relay_stack import FOOT_LINES, HEAD_LINES, Chromium, PaneScale, RelayStack

SHOE = "Fellside trail running shoe – northwick"
BASKET = "Your basket – northwick"
ASKED = f"Demo asks you to open the tab “{SHOE}”"


class Scene:
    """A shopper who shares a shoe's page and then looks at the basket in a second tab, and a rep who watches."""

    def __init__(self, stack, browser):
        self.stack, self.browser = stack, browser
        self.rep = stack.open_rep()
        self.shoe, self.shoe_panel = browser.page, browser.panel
        self.shoe.goto(stack.url + "/product?item=fellside-moss")
        browser.share()
        stack.accept(self.rep, "Add to basket")

    def open_basket(self):
        with self.browser.context.expect_page() as opened:
            self.shoe.evaluate("() => { open('/basket', '_blank', 'noopener'); }")
        self.basket, self.basket_panel = opened.value, Panel(opened.value)
        self.rep.wait_for(lambda _: self.is_shown("/basket"), 20, "the second tab")
        self.panels_say("Demo is looking with you", "Another tab of this shop is shared")

    def is_shown(self, path):
        """Whether the rep's address line names the page."""
        return path in self.rep.text.split("\n")[1]

    def look_at(self, page):
        """The shopper comes to a tab. Each page that Playwright drives believes that it has the focus."""
        page.evaluate("() => { dispatchEvent(new Event('focus')); }")

    def panels_say(self, basket, shoe):
        for panel, words in ((self.basket_panel, basket), (self.shoe_panel, shoe)):
            self.browser.wait_while(lambda: words not in panel.words(), what=f"{words!r} in the panel")

    def choose_shoe(self):
        """The rep opens the list of tabs and asks for the only one in it."""
        self.rep.wait_for("1 other tab, t lists")
        self.rep.press("t")
        self.rep.wait_for("The shopper's other tabs")
        self.rep.wait_for(f"▸ 1 {SHOE} /product")
        self.rep.press("\r")
        self.rep.wait_for(f"The shopper is asked to open the tab: {SHOE}")
        self.panels_say(ASKED, ASKED)

    def told(self, event):
        return [record["data"] for record in records(self.stack) if record["event"] == event]

    def end(self, asked, answered):
        """The log holds these asks and answers, in this order, and is whole."""
        assert self.stack.stop() == 0
        names = [record["event"] for record in records(self.stack)]
        rows = [(one["ask"], one["what"]) for one in self.told("rep.asked")]
        answers = [(one["ask"], one["answer"]) for one in self.told("ask.answered")]
        assert (rows, answers) == (asked, answered)
        assert names.index("seat.joined") < names.index("rep.asked")
        code, words = self.stack.verify_audit()
        assert code == 0, words


@pytest.fixture
def scene():
    with RelayStack() as stack, Chromium() as browser:
        yield Scene(stack, browser)


def test_a_rep_asks_for_a_tab_and_the_shopper_says_no_and_then_goes_there(scene):
    scene.open_basket()
    scene.choose_shoe()
    scene.basket_panel.press("consent-no")
    scene.rep.wait_for("The shopper would rather not open the other tab.")
    assert scene.is_shown("/basket")
    scene.panels_say("Demo is looking with you", "Another tab of this shop is shared")
    scene.choose_shoe()
    assert scene.is_shown("/basket"), "nobody but the shopper goes there"
    scene.look_at(scene.shoe)
    scene.rep.wait_for("The shopper goes to the tab that was asked for.", 20)
    scene.rep.wait_for(lambda _: scene.is_shown("/product") and "Add to basket" in scene.rep.words, 20, "the shoe")
    scene.panels_say("Another tab of this shop is shared", "Demo is looking with you")
    scene.rep.wait_for("1 other tab, t lists")
    scene.rep.press("t")
    scene.rep.wait_for(f"▸ 1 {BASKET} /basket")
    scene.rep.press("\x1b")
    scene.end([(1, "tab"), (2, "tab")], [(1, "no"), (2, "yes")])


def test_a_tab_that_is_closed_can_not_be_asked_for(scene):
    scene.open_basket()
    scene.choose_shoe()
    scene.shoe.close()
    scene.rep.wait_for(lambda text: "1 other tab" not in text, 20, "the end of the list")
    scene.rep.press("t")
    scene.rep.wait_for("The shopper has no other tab of this shop that can be asked for.", 20)
    assert scene.is_shown("/basket")


# How much of a cell its sign covers, for the signs that pictures are drawn with.
COVER = {" ": 0, "█": 1, **dict.fromkeys("▘▝▖▗", 0.25), **dict.fromkeys("▀▄▌▐▚▞", 0.5), **dict.fromkeys("▛▜▙▟", 0.75)}
# The mean colours of the cells' places, with the page's own picture of them.
SHRINK = """async ([data, columns, rows]) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
  const pen = new OffscreenCanvas(columns, rows).getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(image, 0, 0, columns, rows);
  return [...pen.getImageData(0, 0, columns, rows).data];
}"""


class Drawn:
    """The cells of the rep's screen that stand wholly where the page has a picture."""

    def __init__(self, terminal, page, selector):
        self.terminal, self.page = terminal, page
        self.scale, self.box = PaneScale(terminal), page.locator(selector).bounding_box()
        left, top = self.scale.column(self.box["x"]), self.scale.row(self.box["y"])
        right = self.scale.column(self.box["x"] + self.box["width"])
        bottom = self.scale.row(self.box["y"] + self.box["height"])
        self.columns, self.rows = range(ceil(left), floor(right)), range(ceil(top), floor(bottom))
        assert self.rows[0] >= HEAD_LINES and self.rows[-1] < terminal.screen.lines - FOOT_LINES

    @property
    def cells(self):
        buffer = self.terminal.screen.buffer
        return [buffer[row][column] for row in self.rows for column in self.columns]

    @property
    def middle(self):
        """Column and row of the middle, from 1."""
        return self.columns[len(self.columns) // 2] + 1, self.rows[len(self.rows) // 2] + 1

    def page_colours(self):
        """The mean colour of each cell's place in the page as the browser paints it."""
        width, height = self.scale.cell_width, self.scale.cell_height
        clip = {
            "x": self.columns[0] * width,
            "y": (self.rows[0] - HEAD_LINES) * height,
            "width": len(self.columns) * width,
            "height": len(self.rows) * height,
        }
        data = base64.b64encode(self.page.screenshot(clip=clip)).decode()
        blank = self.page.context.new_page()
        shown = blank.evaluate(SHRINK, [data, len(self.columns), len(self.rows)])
        blank.close()
        return [shown[place : place + 3] for place in range(0, len(shown), 4)]

    def difference(self, colours):
        """How far the cells' mean colours are from these, of 255; cells with words are left out."""
        far = []
        for cell, wanted in zip(self.cells, colours, strict=True):
            if cell.data in COVER and "default" not in (cell.fg, cell.bg):
                ink, ground = bytes.fromhex(cell.fg), bytes.fromhex(cell.bg)
                cover = COVER[cell.data]
                mean = [cover * one + (1 - cover) * other for one, other in zip(ink, ground)]
                far.append(sum(abs(one - other) for one, other in zip(mean, wanted)) / 3)
        assert len(far) > 0.9 * len(colours), "most cells show the picture"
        return sum(far) / len(far)


def test_a_rep_asks_for_a_finer_picture_and_sees_it(scene):
    drawn = Drawn(scene.rep, scene.shoe, "#big")
    colours, before = drawn.page_colours(), drawn.cells
    coarse = drawn.difference(colours)
    column, row = drawn.middle

    def ask(words):
        """The mouse comes over the middle of the picture, and `i`."""
        scene.rep.press(f"\x1b[<35;{column};{row}M" + "i")
        scene.rep.wait_for(words)

    ask("A finer picture is asked for.")
    scene.rep.wait_for(lambda _: drawn.cells != before, 20, "the finer picture")
    ask("That is as fine as the picture comes.")
    fine = drawn.difference(colours)
    print(f"\n{len(before)} cells of a picture differ from the page by {coarse:.1f} of 255, by {fine:.1f} when finer")
    assert fine < coarse
    scene.end([(1, "picture")], [])
