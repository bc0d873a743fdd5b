"""A server, a relay and Firefox or WebKit for one test file: `embed_harness.Stage`, over WebDriver."""

import time

from browsers import ENTER, Firefox, WebKit, until
from embed_harness import AnyStage, Stage

KINDS = {"Firefox": Firefox, "WebKit": WebKit}
KEYS = {"Escape": "\ue00c", "Enter": ENTER, "ArrowDown": "\ue015", "Space": " "}


def open_stage(engine, without=()):
    """A stage in the engine of this name; `without` is for Chromium."""
    return Stage(without=without) if engine == Stage.name else EngineStage(KINDS[engine])


class EngineStage(AnyStage):
    """Each test has a tab of its own: what the script keeps belongs to a tab."""

    # These browsers tell nobody what their pages say.
    errors: list[str] = []

    def __init__(self, kind):
        super().__init__()
        self.browser = kind()
        self.browser.__enter__()
        self.run = self.browser.run
        self.name = kind.name

    def run_to_end(self, script):
        """Evaluates the body of a function that calls `done` with its answer."""
        return self.browser.run_to_end("const done = arguments[arguments.length - 1];" + script)

    def stop(self):
        self.browser.__exit__()
        self.relay.stop()
        self.server.stop()

    def fresh(self):
        """One empty tab, and an empty relay record."""
        old = self.browser.tabs()
        new = self.browser.open_tab()
        for handle in old:
            self.browser.go_to_tab(handle)
            self.browser.close_tab()
        self.browser.go_to_tab(new)
        self.forget()

    def open(self, path):
        self.browser.go(self.server.address + path)

    def share(self, watch=True):
        """Help, Yes, and a rep who looks. Returns the relay's link."""
        index = len(self.relay.links)
        self.browser.share()
        link = self.relay.wait_for_consent(index)
        if watch:
            link.watch()
            self.relay.wait_for_frame(link, 0x10)
        return link

    def press_end(self):
        """Presses End, which stands at the right end of the panel."""
        _, top, right, bottom = until(self.browser.panel, 20, "the panel")
        self.browser.click(right - 24, (top + bottom) / 2)

    def rest(self, seconds):
        time.sleep(seconds)

    def middle(self, selector):
        """The middle of an element, `selector >> nth=2` for the third, brought into the viewport first."""
        words, _, number = selector.partition(" >> nth=")
        return self.run(
            f"const one = document.querySelectorAll({words!r})[{int(number or 0)}];"
            "one.scrollIntoView({ block: 'nearest', behavior: 'instant' });"
            "const at = one.getBoundingClientRect(); return [at.left + at.width / 2, at.top + at.height / 2];"
        )

    def type_into(self, selector, text):
        self.browser.click(*self.middle(selector))
        self.run("document.activeElement.select?.();")
        self.browser.type(text)

    def act(self, step):
        """Does one step of `shops.STEPS`."""
        what, _, rest = step.partition(":")
        if what == "click":
            self.browser.click(*self.middle(rest))
        elif what == "hover":
            self.browser.move(*self.middle(rest))
        elif what == "move":
            self.browser.move(*map(int, rest.split(",")))
        elif what == "press":
            self.browser.type(KEYS[rest])
        elif what == "type":
            field, _, text = rest.rpartition(":")
            self.type_into(field, text)
        elif what == "resize":
            self.browser.fit((int(rest), 800))
        elif what == "run":
            self.run(rest)
        else:
            self.run("watched.begin(() => { " + step + " });")
