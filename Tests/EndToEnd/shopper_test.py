"""The simulated shopper against a shop without a daemon, whose script is a stand-in with the same parts."""

import threading
import time
import unittest

from playwright.sync_api import sync_playwright

import shop_server
from panel import Panel, PanelError
from shopper import POSTCODE, REFUSAL, Shopper, Stopped, browser_arguments

# A closed shadow root at the bottom right, as the real one; `seen` tells the test what was pressed.
SCRIPT = """
window.seen = [];
addEventListener('mousemove', () => { window.moves = (window.moves || 0) + 1; });
const host = document.createElement('div');
const root = host.attachShadow({ mode: 'closed' });
const sheet = new CSSStyleSheet();
sheet.replaceSync(':host { position: fixed; right: 16px; bottom: 16px; z-index: 99 } [hidden] { display: none }');
root.adoptedStyleSheets = [sheet];
const parts = {};
for (const name of ['help', 'consent-yes', 'consent-no', 'end']) {
  const button = parts[name] = document.createElement('button');
  button.dataset.part = name;
  button.textContent = name;
  button.hidden = name !== 'help';
  button.addEventListener('click', (event) => { if (event.isTrusted) { window.seen.push(name); show(name); } });
  root.append(button);
}
function show(pressed) {
  parts.help.hidden = true;
  parts['consent-yes'].hidden = parts['consent-no'].hidden = pressed !== 'help';
  parts.end.hidden = pressed !== 'consent-yes';
}
document.body ? document.body.append(host) : addEventListener('DOMContentLoaded', () => document.body.append(host));
"""


class ShopperTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = shop_server.serve(script=SCRIPT)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{cls.server.server_address[1]}"
        cls.playwright = sync_playwright().start()
        cls.browser = cls.playwright.chromium.launch(**browser_arguments())

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        self.page = self.browser.new_page(viewport={"width": 1280, "height": 800})
        self.complaints = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.addCleanup(self.page.close)

    def test_a_shopper_gets_stuck_asks_for_help_and_carries_on(self):
        steps = []
        shopper = Shopper(self.page, self.url, say=steps.append)
        shopper.visit()
        self.assertEqual(self.page.inner_text(".bar [data-basket-count]"), "4")
        shopper.fill_in()
        shopper.be_refused()
        self.assertTrue(self.page.url.endswith("/delivery"))
        self.assertIn(REFUSAL, self.page.inner_text("#postcode-problem"))
        self.assertEqual(self.page.input_value("[name=postcode]"), POSTCODE)
        self.assertEqual(self.page.inner_text("#summary"), "One thing needs another look before you can order.")
        shopper.ask_for_help()
        self.assertEqual(self.page.evaluate("seen"), ["help", "consent-yes"])
        moves = self.page.evaluate("moves")
        shopper.carry_on(2)
        self.assertGreater(self.page.evaluate("moves"), moves + 20)
        self.assertTrue(shopper.panel.is_shown("end"))
        self.assertEqual(self.complaints, [])

    def test_a_full_postcode_lets_the_order_through(self):
        shopper = Shopper(self.page, self.url, say=lambda _: None)
        self.page.goto(self.url + "/delivery")
        shopper.fill_in()
        shopper.type_into("postcode", "SW1A 1AA")
        self.page.click("#delivery button.main")
        self.page.wait_for_url("**/order-done")
        self.assertEqual(self.complaints, [])

    def test_a_part_that_never_comes_is_an_error_that_names_it(self):
        self.page.goto(self.url + "/")
        with self.assertRaisesRegex(PanelError, "'end' did not appear"):
            Panel(self.page).wait("end", seconds=0.2)

    def test_a_shopper_who_is_told_to_stop_stops_soon(self):
        told = []
        shopper = Shopper(self.page, self.url, say=lambda _: None, stopping=lambda: bool(told))
        self.page.goto(self.url + "/delivery")
        threading.Timer(0.3, lambda: told.append(True)).start()
        begun = time.monotonic()
        with self.assertRaises(Stopped):
            shopper.carry_on(None)
        self.assertLess(time.monotonic() - begun, 5)


if __name__ == "__main__":
    unittest.main()
