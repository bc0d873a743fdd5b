"""What the script's browser tests share: pages over HTTP, Chromium, the fake relay, hands for the closed panel."""

import http.server
import itertools
import os
import pathlib
import threading
import time

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from fake_relay import FakeRelay
from relay_stack import free_port
from script_files import script_files
from view_model import ViewModel

ROOT = pathlib.Path(__file__).resolve().parents[2]
# A script that masks nothing shows that the searches for secrets find them.
SCRIPT = pathlib.Path(os.environ.get("ALONGSIDE_UNMASKED", ROOT / "Sources/Embed"))
PAGES = pathlib.Path(__file__).resolve().parent / "pages"
SHOP = pathlib.Path(os.environ.get("ALONGSIDE_SHOP_PAGES", ROOT / "Sources/DemoShop/pages"))
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}
STRICT = "default-src 'none'; script-src 'self'; connect-src ws:; style-src 'none'"
MARKS = itertools.count(1)
# Words of a test's own at the head of a page.
MARK = """
const mark = document.getElementById('mark') ?? document.createElement('p');
mark.id = 'mark';
mark.textContent = '%s';
mark.style.cssText = 'position:fixed;top:0;margin:0;left:0';
document.body.append(mark);"""
TRUSTED = "; require-trusted-types-for 'script'; trusted-types alongside"


class Server:
    """Serves the pages, the demo shop below /demo/ and the script. `{{SCRIPT}}` in a page becomes the script's tag."""

    def __init__(self, port, relay_port):
        tag = (
            f'<script src="/alongside.js" data-site="demo" data-relay="ws://127.0.0.1:{relay_port}"'
            ' data-pause="/private/* /hidden" async></script>'
        )

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                path = self.path.split("?")[0].replace("/private/", "/")
                script = script_files(SCRIPT).get(path) if path.startswith("/alongside.") else None
                if script:
                    return self.answer(script, ".js")
                folder, name = (SHOP, path[6:] or "index.html") if path.startswith("/demo/") else (PAGES, path[1:])
                file = (folder / name).resolve()
                if not file.is_file() and (SHOP / path[1:]).is_file():
                    folder, file = SHOP, (SHOP / path[1:]).resolve()
                if not file.is_relative_to(folder) or not file.is_file():
                    return self.answer(b"", ".html", 404)
                body = file.read_bytes()
                if file.suffix == ".html":
                    text = body.decode()
                    if "{{SCRIPT}}" in text:
                        body = text.replace("{{SCRIPT}}", tag).encode()
                    elif folder == SHOP:
                        import re

                        text = re.sub(r"<script[^>]*alongside\.js[^>]*></script>", "", text)
                        body = text.replace("</head>", tag + "</head>").encode()
                return self.answer(body, file.suffix)

            def answer(self, body, suffix, status=200):
                self.send_response(status)
                self.send_header("Content-Type", TYPES.get(suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Access-Control-Allow-Origin", "*")
                if "strict" in self.path:
                    policy = STRICT + (TRUSTED if "trusted" in self.path else "")
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Hands:
    """What a shopper does with the script's panel on one page, and reads there."""

    def __init__(self, page):
        self.page, self.cdp = page, page.context.new_cdp_session(page)

    def part(self, name):
        """The centre of a part of the panel in the viewport, or None. The root is closed: only the protocol sees it."""
        root = self.cdp.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
        stack = [root]
        while stack:
            node = stack.pop()
            attributes = node.get("attributes", [])
            pairs = dict(zip(attributes[::2], attributes[1::2]))
            if pairs.get("data-part") == name:
                try:
                    model = self.cdp.send("DOM.getBoxModel", {"backendNodeId": node["backendNodeId"]})["model"]
                except PlaywrightError:
                    return None  # It was replaced meanwhile, or is not laid out yet.
                quad = model["border"]
                text = self._text(node)
                return (quad[0] + quad[4]) / 2, (quad[1] + quad[5]) / 2, text
            stack += node.get("children", []) + node.get("shadowRoots", [])
        return None

    def _text(self, node):
        return node.get("nodeValue", "") + "".join(self._text(child) for child in node.get("children", []))

    def until_part(self, name, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.part(name)
            if found:
                return found
            self.page.wait_for_timeout(20)
        raise AssertionError(f"no {name} in the panel")

    def press(self, name):
        x, y, _ = self.until_part(name)
        self.page.mouse.click(x, y)

    def until_status(self, words, seconds=30):
        end = time.monotonic() + seconds
        text = ""
        while time.monotonic() < end:
            found = self.part("status")
            text = found[2] if found else ""
            if words in text:
                return text
            self.page.wait_for_timeout(20)
        raise AssertionError(f"the status says {text!r}, not {words!r}")


class Browser(Hands):
    """Chromium with one page at 1280 × 800."""

    def __init__(self, without=()):
        self.playwright = sync_playwright().start()
        self.browser = self.playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox"],
            ignore_default_args=list(without),
        )
        self.new_context()

    def new_context(self):
        self.context = self.browser.new_context(viewport={"width": 1280, "height": 800})
        self.errors = []
        return self.new_page()

    def new_page(self):
        super().__init__(self.context.new_page())
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._said)
        return self.page

    def _said(self, message):
        # The browser itself tells of missing pictures and of a relay that is away.
        if message.type == "error" and "404" not in message.text and "WebSocket connection" not in message.text:
            self.errors.append(message.text)

    def share(self, relay, watch=True, index=0):
        """Help, Yes, and a rep who looks. Returns the relay's link."""
        self.press("help")
        self.press("consent-yes")
        link = relay.wait_for_consent(index)
        if watch:
            link.watch()
            relay.wait_for_frame(link, 0x10)
        return link

    def close(self):
        self.browser.close()
        self.playwright.stop()


class AnyStage:
    """What the stages of all engines can do: `run` and `browser` are the engine's own."""

    def __init__(self, port=None):
        self.relay = FakeRelay(port + 1 if port else free_port()).start()
        self.server = Server(port or free_port(), self.relay.port)

    def view(self, link):
        return ViewModel().feed(list(link.frames))

    def seen(self, link):
        """Waits until the seat has a view that was read after now, and gives it. A title that is new marks it."""
        mark, count = f"reading {next(MARKS)}", len(link.frames)
        self.run(f"document.title = '{mark}';")

        def is_there():
            frames = [frame for frame in link.frames[count:] if frame.kind in (0x10, 0x11)]
            return any(frame.value.get("page", {}).get("title") == mark for frame in frames)

        self.relay.wait(is_there, f"a view with the title {mark}", 20)
        return self.view(link)

    def seen_words(self, link):
        """As `seen`, on a page whose title is not sent: waits for words of our own at its head."""
        mark = f"reading {next(MARKS)}"
        self.run(MARK % mark)
        self.relay.wait(lambda: mark in self.view(link).texts(), f"the words {mark}", 20)
        return self.view(link)

    def keyframe(self, link):
        """Asks for a keyframe, and gives the one that comes."""
        count = len(link.of(0x10))
        link.send(0x44, {})
        return self.relay.wait_for_frame(link, 0x10, after=count)

    def stays(self, test, seconds, what):
        """`test` is true now and for as long as what must not come would take to come: of nothing there is no sign that
        could be waited for."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert test(), f"no longer after {seconds - end + time.monotonic():.2f} s: {what}"
            self.rest(0.02)

    def forget(self):
        """An empty relay record."""
        self.relay.links.clear()
        self.relay.violations.clear()
        self.relay.raw.clear()
        self.relay.refuse_with = None
        self.relay.auto_watch = False


class Stage(AnyStage):
    """A server, a relay and Chromium for one test file."""

    name = "Chromium"

    def __init__(self, port=None, without=()):
        super().__init__(port)
        self.browser = Browser(without)

    @property
    def errors(self):
        """What the page or its scripts said that is wrong."""
        return self.browser.errors

    def open(self, path):
        self.browser.page.goto(self.server.address + path)
        return self.browser.page

    def run(self, script):
        """Evaluates the body of a function in the page."""
        return self.browser.page.evaluate("() => { " + script + " }")

    def run_to_end(self, script):
        """Evaluates the body of a function that calls `done` with its answer."""
        return self.browser.page.evaluate("() => new Promise((done) => { " + script + " })")

    def share(self, watch=True):
        """Help, Yes, and a rep who looks. Returns the relay's link."""
        return self.browser.share(self.relay, watch)

    def act(self, step):
        """Does one step of `shops.STEPS`; what is none of their words is a script that changes the page."""
        page = self.browser.page
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
        elif what == "run":
            self.run(rest)
        else:
            self.run("watched.begin(() => { " + step + " });")

    def rest(self, seconds):
        """Lets the page run."""
        self.browser.page.wait_for_timeout(seconds * 1000)

    def settle(self, link, quiet=0.4):
        """Waits until no page frame has come for `quiet` seconds: how much comes by itself is what is measured."""
        self.rest(0.12)
        while link.frames and time.time() - link.frames[-1].at < quiet:
            self.rest(0.05)

    def fresh(self):
        """A new browser context and an empty relay record."""
        self.browser.context.close()
        self.forget()
        return self.browser.new_context()

    def stop(self):
        self.browser.close()
        self.relay.stop()
        self.server.stop()
