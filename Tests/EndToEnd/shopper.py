"""A simulated shopper in headless Chromium: shops, gets stuck on the delivery page, asks for help and carries on.

    .venv/bin/python Tests/EndToEnd/shopper.py --url http://127.0.0.1:8787 [--seconds 60]

Prints one line a step. Ends after the seconds given, or on SIGTERM or SIGINT, with 0.
"""

import argparse
import itertools
import os
import signal
import sys
import time

from playwright.sync_api import sync_playwright

from panel import Panel

# What must never leave the browser: tests search every captured byte for these.
PASSWORD = "correct-horse-battery-9"
CARD = "4929 1234 5678 9012"
FIRST_NAME = "Eleanor"
LAST_NAME = "Whitcombe-Osei"
SECRETS = [PASSWORD, CARD, CARD.replace(" ", ""), FIRST_NAME, LAST_NAME]

# Looks right, and half of its second part is missing.
POSTCODE = "SW1A 1A"
REFUSAL = "Enter a full postcode, for example SW1A 1AA"
WIDTH, HEIGHT = 1280, 800


class Stopped(Exception):
    """The shopper was told to go home."""


class Shopper:
    """One shopper on one page. `say` is told each step; `stopping` is asked often and ends the visit when true."""

    def __init__(self, page, url, say=print, stopping=lambda: False):
        self.page = page
        self.url = url.rstrip("/")
        self.say = say
        self.stopping = stopping
        self.panel = Panel(page)
        self.place = (640, 400)

    def visit(self):
        """From the listing to the delivery page by links and buttons alone."""
        page = self.page
        self.say("opens the shop")
        page.goto(self.url + "/")
        self.wander(2)
        self.say("looks at a shoe")
        page.click("[data-item=fellside-moss] h3")
        page.wait_for_url("**/product?item=fellside-moss")
        page.click("[data-picture=fellside-slate]")
        page.click("[data-open=sizes]")
        page.wait_for_selector("dialog[open]")
        page.click("dialog[open] .main")
        page.select_option("#size", "UK 8½")
        page.click(".buy [data-add]")
        page.click(".bar a[href='/basket']")
        page.wait_for_url("**/basket")
        self.say("tries a promo code")
        page.click("#promo .main")
        page.wait_for_selector("#promo .problem:not([hidden])")
        page.click("a[href='/delivery'].main")
        page.wait_for_url("**/delivery")

    def fill_in(self):
        """Everything but a good postcode, with what must never be seen."""
        self.say("fills in the delivery form")
        values = {
            "first": FIRST_NAME,
            "last": LAST_NAME,
            "email": "eleanor@shop.example",
            "phone": "07700 900123",
            "address": "14 Sandgate Road",
            "town": "London",
            "card": CARD,
            "holder": f"{FIRST_NAME} {LAST_NAME}",
            "expiry": "09/28",
            "code": "737",
            "password": PASSWORD,
        }
        for name, value in values.items():
            self.type_into(name, value)

    def be_refused(self, times=3):
        """Types the postcode and orders, again and again."""
        for attempt in range(1, times + 1):
            self.type_into("postcode", POSTCODE)
            self.page.click("#delivery button.main")
            self.page.wait_for_selector("#postcode-problem:not([hidden])")
            self.say(f"is refused, {attempt} of {times}")

    def ask_for_help(self):
        """Presses Help and agrees to share the page."""
        self.panel.press("help")
        self.say("pressed Help")
        self.panel.press("consent-yes")
        self.say("agreed to share this page")

    def carry_on(self, seconds):
        """Moves, scrolls and types until the time is up; None means until stopped."""
        end = None if seconds is None else time.monotonic() + seconds
        for round_number in itertools.count():
            if end is not None and time.monotonic() > end:
                return
            self.page.mouse.wheel(0, 240 if round_number % 4 < 2 else -240)
            self.wander(4)
            if round_number % 3 == 1:
                self.type_into("postcode", POSTCODE)
                self.page.keyboard.press("Tab")
            if round_number % 3 == 2:
                self.type_into("town", "London W" if round_number % 2 else "London SW")

    def wander(self, legs):
        """Moves the mouse over a few points at about thirty steps a second."""
        points = [(220, 480), (700, 300), (1040, 210), (520, 620)]
        for x, y in points[:legs]:
            from_x, from_y = self.place
            for step in range(1, 13):
                self.check()
                part = step / 12
                bend = 160 * part * (1 - part)
                self.page.mouse.move(from_x + (x - from_x) * part, from_y + (y - from_y) * part + bend)
                self.page.wait_for_timeout(33)
            self.place = (x, y)

    def type_into(self, name, value):
        """Clicks the field, clears it, and types letter by letter."""
        self.check()
        self.page.click(f"#delivery [name={name}]", click_count=3)
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(value, delay=15)

    def check(self):
        if self.stopping():
            raise Stopped


def browser_arguments():
    """How to start Debian's Chromium; its sandbox does not work for root."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"), "args": arguments}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", required=True, help="where the shop is, for example http://127.0.0.1:8787")
    parser.add_argument("--seconds", type=float, help="how long to carry on with help; default: until stopped")
    options = parser.parse_args()
    told = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.append(True))
    with sync_playwright() as playwright:
        # The signals are ours: the browser must outlive them until it is closed.
        browser = playwright.chromium.launch(
            **browser_arguments(), handle_sigint=False, handle_sigterm=False, handle_sighup=False
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        shopper = Shopper(
            page,
            options.url,
            say=lambda words: print(f"the shopper {words}", flush=True),
            stopping=lambda: bool(told),
        )
        try:
            shopper.visit()
            shopper.fill_in()
            shopper.be_refused()
            shopper.ask_for_help()
            shopper.carry_on(options.seconds)
        except Stopped:
            pass
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
