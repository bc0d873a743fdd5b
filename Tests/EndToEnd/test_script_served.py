"""What a shop's page downloads of the script: over a socket as the daemon sends it, and as Chromium loads it."""

import gzip
import http.client
import unittest

from relay_stack import Chromium, RelayStack
from script_files import script_files


class ScriptServed(unittest.TestCase):
    def answer(self, stack, path, method="GET", accepted=None):
        """Status, headers and body; http.client decodes no body."""
        connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30)
        connection.request(method, path, headers={} if accepted is None else {"Accept-Encoding": accepted})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        self.assertEqual((answer.status, answer.headers["Vary"]), (200, "Accept-Encoding"))
        return answer.headers, body

    def test_a_body_is_gzip_for_whoever_takes_it_and_plain_for_others(self):
        with RelayStack() as stack:
            for path, plain in script_files().items():
                headers, zipped = self.answer(stack, path, accepted="br;q=1.0, gzip;q=0.8, *;q=0.1")
                self.assertEqual(headers["Content-Encoding"], "gzip")
                self.assertEqual(gzip.decompress(zipped), plain)
                self.assertLess(len(zipped), len(plain) / 1.8)
                head, nothing = self.answer(stack, path, "HEAD", accepted="gzip")
                self.assertEqual((head["Content-Length"], nothing), (str(len(zipped)), b""))
                self.assertEqual(head["Content-Encoding"], "gzip")
                for accepted in ("identity", "gzip;q=0, *", ""):
                    headers, body = self.answer(stack, path, accepted=accepted)
                    self.assertNotIn("Content-Encoding", headers)
                    self.assertEqual(body, plain)
            self.assertEqual(stack.stop(), 0)

    def test_chromium_loads_both_files_as_gzip_and_runs_them(self):
        files = script_files()
        with RelayStack() as stack, Chromium() as browser:
            loads = {}
            debugging = browser.page.context.new_cdp_session(browser.page)
            debugging.send("Network.enable")
            urls = {}

            def received(event):
                urls[event["requestId"]] = event["response"]

            def finished(event):
                response = urls.get(event["requestId"])
                if response and response["url"].startswith(stack.url + "/alongside."):
                    loads[response["url"].removeprefix(stack.url)] = (response["headers"], event["encodedDataLength"])

            debugging.on("Network.responseReceived", received)
            debugging.on("Network.loadingFinished", finished)
            browser.page.goto(stack.url + "/delivery")
            # The consent is the session script's: its integrity was that of the bytes as they are.
            browser.share()
            self.assertEqual(len(loads), 2)
            total = 0
            for path, (headers, sent) in loads.items():
                self.assertEqual(headers["Content-Encoding"], "gzip")
                self.assertEqual(headers["Content-Length"], str(len(self.answer(stack, path, accepted="gzip")[1])))
                self.assertLess(sent, len(files[path]) / 1.5)
                total += sent
            print(f"  a page downloads {total} bytes of the script, headers included", flush=True)
            self.assertEqual(stack.stop(), 0)


if __name__ == "__main__":
    unittest.main()
