"""A server, a relay and Firefox or WebKit for one test file: `embed_harness.Stage`, over WebDriver."""

import itertools

from browsers import ENTER, until
from embed_harness import Server
from fake_relay import FakeRelay
from view_model import ViewModel

ESCAPE = "\ue00c"
MARKS = itertools.count(1)


class EngineStage:
    """Each test has a tab of its own: what the script keeps belongs to a tab."""

    def __init__(self, kind, port):
        self.relay = FakeRelay(port + 1).start()
        self.server = Server(port, port + 1)
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
        self.relay.links.clear()
        self.relay.violations.clear()
        self.relay.raw.clear()
        self.relay.auto_watch = False

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

    def view(self, link):
        return ViewModel().feed(list(link.frames))

    def seen(self, link):
        """Waits until the seat has a view that was read after now, and gives it."""
        mark = f"reading {next(MARKS)}"
        count = len(link.frames)
        self.run(f"document.title = '{mark}';")

        def marked():
            frames = [frame for frame in link.frames[max(count - 1, 0) :] if frame.kind in (0x10, 0x11)]
            return next((one for one in frames if one.value.get("page", {}).get("title") == mark), None)

        self.relay.wait(marked, f"a view with the title {mark}", 20)
        return self.view(link)

    def seen_frame(self, link):
        """As `seen`, on a page whose title is not sent: waits for the words of a mark at its head."""
        mark = f"reading {next(MARKS)}"
        self.run(
            "const mark = document.getElementById('mark') ?? document.createElement('p'); mark.id = 'mark';"
            f"mark.textContent = '{mark}'; mark.style.cssText = 'position:fixed;top:0;margin:0;left:0';"
            "document.body.append(mark);"
        )
        self.relay.wait(lambda: mark in self.view(link).texts(), f"the words {mark}", 20)

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
            self.browser.type({"Escape": ESCAPE, "Enter": ENTER}[rest])
        elif what == "type":
            field, _, text = rest.rpartition(":")
            self.type_into(field, text)
        elif what == "resize":
            self.browser.fit((int(rest), 800))
        else:
            self.run("watched.begin(() => { " + step + " });")
