"""The script and recordings: a session is recorded only after its shopper agreed to the sentence that says so."""

import time
import unittest

from audit_records import records
from recorded_session import RecordingStack
from relay_stack import Chromium, RelayStack

SENTENCE = "This session is recorded."
SECONDS = 20


def wait_until(condition, what):
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"no {what} within {SECONDS} s"
        time.sleep(0.05)


class RecordingConsent(unittest.TestCase):
    def told(self, stack, event):
        return [record for record in records(stack) if record["event"] == event]

    def open(self, stack, browser):
        browser.page.goto(stack.url + "/delivery")
        browser.panel.press("help")
        self.assertNotIn(SENTENCE, browser.panel.words(), "said before the relay told that it records")
        browser.panel.press("consent-yes")

    def test_a_recorded_site_asks_with_the_sentence_and_records_who_agrees(self):
        with RecordingStack() as stack, Chromium() as browser:
            rep = stack.open_rep()
            self.open(stack, browser)
            wait_until(lambda: SENTENCE in browser.panel.words(), "sentence")
            self.assertEqual(self.told(stack, "consent.given"), [], "agreed to before it was read")
            browser.panel.press("consent-yes")
            stack.accept(rep)
            wait_until(lambda: self.told(stack, "recording.started"), "recording")
            given = self.told(stack, "consent.given")
            self.assertEqual(
                [(one["data"]["text"], one["data"]["scope"]) for one in given],
                [("view-record-3", ["view", "record"])],
            )
            browser.page.reload()
            browser.panel.wait("end")
            self.assertEqual(len(self.told(stack, "consent.given")), 1, "asked again in the next document")
            browser.panel.press("end")
            wait_until(lambda: self.told(stack, "recording.stopped"), "end of the recording")
            session = self.told(stack, "recording.started")[0]["data"]["session"]
            self.assertGreater(len(stack.chunks(session)), 0)

    def test_who_refuses_the_sentence_is_not_recorded_and_shared_nothing(self):
        with RecordingStack() as stack, Chromium() as browser:
            self.open(stack, browser)
            wait_until(lambda: SENTENCE in browser.panel.words(), "sentence")
            browser.panel.press("consent-no")
            wait_until(lambda: self.told(stack, "session.ended"), "end of the session")
            self.assertEqual(len(self.told(stack, "consent.refused")), 1)
            self.assertEqual(self.told(stack, "consent.given") + self.told(stack, "recording.started"), [])
            # Who asks again reads the sentence in the first panel: the script knows of it now.
            browser.panel.press("help")
            self.assertIn(SENTENCE, browser.panel.words())

    def test_another_site_does_not_say_it_and_is_not_recorded(self):
        with RelayStack() as stack, Chromium() as browser:
            rep = stack.open_rep()
            self.open(stack, browser)
            stack.accept(rep)
            self.assertNotIn(SENTENCE, browser.panel.words())
            browser.panel.press("end")
            wait_until(lambda: self.told(stack, "session.ended"), "end of the session")
            given = self.told(stack, "consent.given")
            self.assertEqual([(one["data"]["text"], one["data"]["scope"]) for one in given], [("view-3", ["view"])])
            self.assertEqual(self.told(stack, "recording.started"), [])


if __name__ == "__main__":
    unittest.main()
