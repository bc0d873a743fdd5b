"""Recordings as HTML and as rrweb events, in real browsers: the text is the view's, and nothing a page says can run."""

import importlib.util
import json
import pathlib
import time
import unittest

from playwright.sync_api import sync_playwright

from browsers import Firefox, WebKit
from recorded_session import RecordedShopper, RecordingStack, page
from shopper import browser_arguments
from wire_peer import Rep

# rrweb's own player, as a Python package brings it along.
PLAYER = pathlib.Path(importlib.util.find_spec("django_rrweb").origin).parent / "static/django-rrweb"
HOSTILE = [
    "<script>window.ran=1</script>",
    "</script><script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    "javascript:window.ran=1",
    "--><script>window.ran=1</script><!--",
    "]]></script><script>window.ran=1</script>",
    "'\";window.ran=1;//",
    "${window.ran=1}{{window.ran=1}}",
    "<iframe srcdoc='<script>parent.ran=1</script>'>",
    "</style><script>window.ran=1</script>",
    "\u2028window.ran=1\u2029",
    "<base href=//evil.example/><link rel=stylesheet href=//evil.example/a>",
    "expression(window.ran=1);background:url(//evil.example/b)",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
]
LEAVES = (
    "[...document.querySelectorAll('#stage div')].filter(e => !e.children.length && e.textContent)"
    ".map(e => e.textContent)"
)
TO_END = (
    "(() => { const p = document.getElementById('place'); p.value = p.max; p.dispatchEvent(new Event('input')); })()"
)
# The members that rrweb's types ask for, by event type and by source (packages/types/src/index.ts).
MEMBERS = {0: {"texts", "attributes", "removes", "adds"}, 1: {"positions"}, 2: {"type", "id", "x", "y"}}


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = RecordingStack()
        cls.addClassCleanup(cls.stack.close)
        cls.stack.start()
        with RecordedShopper(cls.stack) as shopper, Rep(cls.stack) as rep:
            rep.accept(shopper)
            shopper.answer_keyframe_request(page(["First words"]))
            rep.receive("keyframe")
            # The exports count milliseconds: what comes next is to be later by their clock as well.
            later = time.monotonic() + 0.01
            while time.monotonic() < later:
                pass
            shopper.cursor(40, 50)
            last = page(HOSTILE + ["The last line"])
            last["page"]["title"] = last["page"]["url"] = HOSTILE[1]
            shopper.page_frame("delta", {"blocks": last["blocks"][1:2], "order": [1, 3, 2], "moves": [[3, 700, 140]]})
            shopper.page_frame("scroll", [[0, 0, 20]])
            shopper.page_frame("press", [10, 10, "tap"])
            shopper.page_frame("keyframe", last)
            rep.receive("keyframe", lambda frame: b"The last line" in frame.body)
            shopper.end()
            cls.session = shopper.session
        cls.stack.wait_for_record("recording.stopped", cls.session)
        cls.words = ["Northwick", *HOSTILE, "The last line", "Postcode", "SW1A 1AA", "Continue"]
        cls.html, cls.rrweb = (cls.export(form) for form in ("html", "rrweb"))
        cls.stack.stop()

    @classmethod
    def export(cls, form):
        path = pathlib.Path(cls.stack.folder) / f"session.{form}"
        arguments = ("--session", cls.session, "--identity", cls.stack.auditor, "--seat", "1", "-o", str(path))
        cls.stack.audit_program("export", "--format", form, *arguments)
        return path

    def check(self, run):
        """`run` evaluates an expression in the opened file."""
        self.assertEqual(run("document.documentElement.dataset.ready"), "yes")
        run(TO_END)
        self.assertEqual(run(LEAVES), self.words)
        self.assertEqual(run("String(window.ran)"), "undefined")

    def test_the_file_plays_from_disk_in_chromium_and_asks_for_nothing(self):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**browser_arguments())
            tab = browser.new_page()
            asked, said = [], []
            tab.on("request", lambda request: asked.append(request.url))
            tab.on("console", lambda line: said.append(line.text))
            tab.goto(self.html.as_uri())
            self.check(tab.evaluate)
            tab.evaluate("document.getElementById('place').value = 0")
            tab.evaluate("document.getElementById('place').dispatchEvent(new Event('input'))")
            self.assertIn("First words", tab.evaluate(LEAVES))
            self.assertEqual(asked, [self.html.as_uri()])
            self.assertEqual(said, [])
            policy = tab.evaluate("document.querySelector('meta[http-equiv]').content")
            self.assertTrue(policy.startswith("default-src 'none'; script-src 'sha256-"))
            # The policy itself: a script of somebody else's does not run, and nothing is fetched.
            tab.evaluate(
                "() => { const s = document.createElement('script'); s.textContent = 'window.ran=1';"
                " document.body.append(s); }"
            )
            self.assertEqual(tab.evaluate("String(window.ran)"), "undefined")
            self.assertFalse(tab.evaluate("fetch('http://127.0.0.1:9/').then(() => true, () => false)"))
            browser.close()

    def test_the_file_plays_from_disk_in_firefox_and_webkit(self):
        for kind in (Firefox, WebKit):
            with self.subTest(kind.__name__), kind() as browser:
                browser.go(self.html.as_uri())
                self.check(lambda expression: browser.run(f"return {expression};"))

    def test_rrweb_events_keep_the_forms_rules(self):
        events = json.loads(self.rrweb.read_text())
        self.assertEqual([event["type"] for event in events[:2]], [4, 2])
        self.assertEqual([e["timestamp"] for e in events], sorted(e["timestamp"] for e in events))
        known = set()

        def learn(node):
            self.assertNotIn(node["id"], known)
            known.add(node["id"])
            self.assertIn(node["type"], (0, 1, 2, 3))
            if node["type"] == 2:
                self.assertIn(node["tagName"], ("html", "head", "body", "div"))
                self.assertLessEqual(set(node["attributes"]), {"style"})
                self.assertNotIn("url(", node["attributes"].get("style", ""))
            for child in node.get("childNodes", []):
                learn(child)

        for event in events:
            data = event["data"]
            if event["type"] == 2:
                known.clear()
                learn(data["node"])
            elif event["type"] == 3:
                self.assertEqual(set(data) - {"source"}, MEMBERS[data["source"]])
                for removed in data.get("removes", []):
                    self.assertLessEqual({removed["id"], removed["parentId"]}, known)
                for added in data.get("adds", []):
                    self.assertIn(added["parentId"], known)
                    self.assertTrue(added["nextId"] is None or added["nextId"] in known)
                    learn(added["node"])
                for changed in data.get("attributes", []):
                    self.assertIn(changed["id"], known)

    def test_the_real_rrweb_player_plays_the_events(self):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**browser_arguments())
            tab = browser.new_page()
            faults = []
            tab.on("pageerror", lambda error: faults.append(str(error)))
            tab.goto("about:blank")
            tab.add_script_tag(path=str(PLAYER / "rrweb-player-0-7-14.js"))
            tab.add_style_tag(path=str(PLAYER / "rrweb-player-0-7-14-style.css"))
            tab.evaluate(
                "events => { window.player = new rrwebPlayer({target: document.body,"
                " props: {events, autoPlay: false, width: 1280, height: 800}}); player.goto(1e6, false); }",
                json.loads(self.rrweb.read_text()),
            )
            shown = (
                "[...document.querySelector('iframe').contentDocument.querySelectorAll('div')]"
                ".filter(e => !e.children.length && e.textContent).map(e => e.textContent)"
            )
            tab.wait_for_function(f"{shown}.includes('The last line')", timeout=10_000)
            self.assertEqual(tab.evaluate(shown), self.words)
            self.assertEqual(tab.evaluate("String(window.ran)"), "undefined")
            self.assertEqual(faults, [])
            browser.close()


if __name__ == "__main__":
    unittest.main()
