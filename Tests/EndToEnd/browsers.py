"""Debian's Firefox (Marionette) and WebKit (WebKitWebDriver), driven by real input events, with the standard library.

Both give: `go(url)`, `run(script)` (the body of a function), `run_to_end(script)` (its last argument takes the answer),
`click(x, y)`, `type(text)`, and a viewport of 1280 x 800.
A press on the script's panel has to be a trusted one, which WebDriver actions are.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from relay_stack import free_port
from shopper import HEIGHT, WIDTH

START_SECONDS = 90
SCRIPT_SECONDS = 85
ENTER = "\ue007"
PANEL = (
    "const host = document.querySelector('alongside-help'); if (!host) return null;"
    "const at = host.getBoundingClientRect(); return [at.left, at.top, at.right, at.bottom];"
)
SIZE = "return [innerWidth, innerHeight, outerWidth, outerHeight];"


class BrowserError(Exception):
    """The browser refused a command."""


def until(test, seconds, what):
    """The first true answer of `test`, asked again and again."""
    end = time.monotonic() + seconds
    while True:
        answer = test()
        if answer:
            return answer
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


class Browser:
    """What both have in common: a session that answers `command(name, path, method, body)`."""

    def go(self, url):
        self.navigate(url)

    def click(self, x, y):
        self.move(x, y)
        self.perform(
            [
                {
                    "type": "pointer",
                    "id": "mouse",
                    "parameters": {"pointerType": "mouse"},
                    "actions": [
                        {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y), "origin": "viewport"},
                        {"type": "pointerDown", "button": 0},
                        {"type": "pointerUp", "button": 0},
                    ],
                }
            ]
        )

    def move(self, x, y):
        self.perform(
            [
                {
                    "type": "pointer",
                    "id": "mouse",
                    "parameters": {"pointerType": "mouse"},
                    "actions": [
                        {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y), "origin": "viewport"}
                    ],
                }
            ]
        )

    def type(self, text):
        actions = []
        for letter in text:
            actions += [{"type": "keyDown", "value": letter}, {"type": "keyUp", "value": letter}]
        self.perform([{"type": "key", "id": "keys", "actions": actions}])

    def panel(self):
        """The panel's rectangle in the viewport, or None."""
        return self.run(PANEL)

    def share(self):
        """Presses Help with the mouse, and with Enter the consent's first button, which then has the focus."""
        before = until(self.panel, 20, "the panel")
        self.click((before[0] + before[2]) / 2, (before[1] + before[3]) / 2)
        asked = self.changed(before)
        self.type(ENTER)
        self.changed(asked)

    def changed(self, before):
        """The panel's rectangle once it is another one."""
        return until(lambda: (now := self.panel()) != before and now, 20, "the panel's answer to a press")

    def fit(self, wanted=(WIDTH, HEIGHT)):
        """Makes the viewport 1280 x 800, or as wanted, whatever the window's frame takes."""
        for _ in range(4):
            size = self.run(SIZE)
            if tuple(size[:2]) == wanted:
                return
            self.resize(size[2] + wanted[0] - size[0], size[3] + wanted[1] - size[1])
            # The window manager answers when it does.
            until(lambda: self.run(SIZE)[:2] != size[:2], 20, f"a window of another size than {size[:2]}")
        raise AssertionError(f"the viewport is {size[:2]}, not {wanted}")


class Firefox(Browser):
    """Headless Firefox over Marionette: `length:[0, id, command, parameters]` and `length:[1, id, error, result]`."""

    name = "Firefox"

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="alongside-firefox."))
        port = free_port()
        (self.folder / "user.js").write_text(
            f'user_pref("marionette.port", {port});\nuser_pref("browser.shell.checkDefaultBrowser", false);\n'
            'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
            'user_pref("browser.startup.homepage_override.mstone", "ignore");\n'
        )
        environment = {
            **os.environ,
            "HOME": str(self.folder),
            "MOZ_HEADLESS_WIDTH": "1400",
            "MOZ_HEADLESS_HEIGHT": "1000",
        }
        self.process = subprocess.Popen(
            [
                "firefox-esr",
                "--headless",
                "--marionette",
                # For its own account of memory.
                "--remote-allow-system-access",
                "--no-remote",
                "--profile",
                str(self.folder),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        try:
            self.socket = until(lambda: self._connect(port), START_SECONDS, "Firefox")
            self.buffer = self.socket.makefile("rb")
            self._receive()
            self.number = 0
            self.command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})
            self.command("WebDriver:SetTimeouts", {"script": SCRIPT_SECONDS * 1000})
            self.fit()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _connect(self, port):
        assert self.process.poll() is None, "Firefox ended at its start"
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS)
        except ConnectionRefusedError:
            return None

    def _receive(self):
        length = b""
        while not length.endswith(b":"):
            byte = self.buffer.read(1)
            assert byte, "Firefox closed its Marionette link"
            length += byte
        return json.loads(self.buffer.read(int(length[:-1])))

    def command(self, name, parameters):
        self.number += 1
        data = json.dumps([0, self.number, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(data), data))
        _, _, error, result = self._receive()
        if error:
            raise BrowserError(f"{name}: {error.get('message', error)}")
        return result.get("value", result) if isinstance(result, dict) else result

    def navigate(self, url):
        self.command("WebDriver:Navigate", {"url": url})

    def run(self, script):
        return self.command("WebDriver:ExecuteScript", {"script": script, "args": []})

    def run_to_end(self, script):
        return self.command("WebDriver:ExecuteAsyncScript", {"script": script, "args": []})

    def privileged(self, script):
        """As `run_to_end`, with the rights of the browser's own windows."""
        self.command("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.run_to_end(script)
        finally:
            self.command("Marionette:SetContext", {"value": "content"})

    def perform(self, actions):
        self.command("WebDriver:PerformActions", {"actions": actions})

    def resize(self, width, height):
        self.command("WebDriver:SetWindowRect", {"width": width, "height": height})

    def tabs(self):
        return self.command("WebDriver:GetWindowHandles", {})

    def open_tab(self):
        """Opens an empty tab and goes to it; gives its handle."""
        handle = self.command("WebDriver:NewWindow", {"type": "tab", "focus": True})["handle"]
        self.go_to_tab(handle)
        return handle

    def go_to_tab(self, handle):
        self.command("WebDriver:SwitchToWindow", {"handle": handle, "focus": True})

    def close_tab(self):
        self.command("WebDriver:CloseWindow", {})

    def __exit__(self, *_):
        end_group(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


class WebKit(Browser):
    """WebKitGTK's MiniBrowser under Xvfb, over WebDriver's HTTP."""

    name = "WebKit"

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="alongside-webkit."))
        port = free_port()
        environment = {
            **os.environ,
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "GDK_BACKEND": "x11",
            # Its sandbox needs name spaces that a container or root may not have.
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            "WEBKIT_FORCE_SANDBOX": "0",
            "NO_AT_BRIDGE": "1",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        }
        self.process = subprocess.Popen(
            [
                "xvfb-run",
                "--auto-servernum",
                "--server-args=-screen 0 1600x1200x24 -nolisten tcp",
                "WebKitWebDriver",
                f"--port={port}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        self.base = f"http://127.0.0.1:{port}"
        try:
            until(self._is_ready, START_SECONDS, "WebKitWebDriver")
            value = self.command(
                "POST",
                "/session",
                {
                    "capabilities": {
                        "alwaysMatch": {
                            "webkitgtk:browserOptions": {"binary": mini_browser(), "args": ["--automation"]}
                        }
                    }
                },
            )
            self.base += "/session/" + value["sessionId"]
            self.command("POST", "/timeouts", {"script": SCRIPT_SECONDS * 1000})
            self.fit()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _is_ready(self):
        assert self.process.poll() is None, "WebKitWebDriver ended at its start"
        try:
            return self.command("GET", "/status") is not None
        except (OSError, urllib.error.URLError):
            return False

    def command(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise BrowserError(f"{path}: {error.read().decode(errors='replace')[:400]}") from None

    def navigate(self, url):
        self.command("POST", "/url", {"url": url})

    def run(self, script):
        return self.command("POST", "/execute/sync", {"script": script, "args": []})

    def run_to_end(self, script):
        return self.command("POST", "/execute/async", {"script": script, "args": []})

    def perform(self, actions):
        self.command("POST", "/actions", {"actions": actions})

    def resize(self, width, height):
        self.command("POST", "/window/rect", {"width": width, "height": height})

    def tabs(self):
        return self.command("GET", "/window/handles")

    def open_tab(self):
        """Opens an empty tab and goes to it; gives its handle."""
        handle = self.command("POST", "/window/new", {"type": "tab"})["handle"]
        self.go_to_tab(handle)
        return handle

    def go_to_tab(self, handle):
        self.command("POST", "/window", {"handle": handle})

    def close_tab(self):
        self.command("DELETE", "/window")

    def __exit__(self, *_):
        try:
            self.command("DELETE", "")
        except (BrowserError, OSError):
            pass
        end_group(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


def mini_browser():
    """Where Debian puts WebKitGTK's test browser."""
    found = sorted(pathlib.Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    assert found, "no MiniBrowser: install webkit2gtk-driver"
    return str(found[-1])


def end_group(process):
    """Ends a process and everything it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
