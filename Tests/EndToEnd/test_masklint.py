"""`alongside masklint`: what a rep would see of a page, the rules that fired, and no secret in either."""

import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

import pytest

HERE = pathlib.Path(__file__).resolve().parent
CANARIES = ("zxcanary", "zx-title", "canary.example", "4929", "5678", "EE3822")


def run(*arguments, path=None, seconds=120):
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
    if path is not None:
        environment["PATH"] = path
    program = pathlib.Path(os.environ["ALONGSIDE_BIN"]) / "alongside"
    return subprocess.run(
        [program, "masklint", *arguments], capture_output=True, text=True, timeout=seconds, env=environment
    )


class Pages(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments):
        super().__init__(*arguments, directory=HERE / "pages")

    def end_headers(self):
        self.send_header("Content-Security-Policy", "default-src 'self' 'unsafe-inline'; connect-src 'none'")
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def report(address):
    done = run("--json", f"{address}/canaries.html?token=zxcanary-query#zxcanary-fragment")
    assert done.returncode == 0, done.stderr
    for canary in CANARIES:
        assert canary not in done.stdout + done.stderr, canary
    return json.loads(done.stdout)


RULES = [
    ("typed", "text", "input#name"),
    ("shown", "text", "input#promo"),
    ("password", "password", "input[name=pw]"),
    ("autocomplete", "text", "input[name=field7]"),
    ("name", "text", "input[name=cvc]"),
    ("value", "text", "input#shown"),
    ("typed", "textarea", "textarea"),
    ("typed", "select-one", "select#country"),
    ("typed", "file", "input#upload"),
    ("shown", "checkbox, whether it is checked", "input#gift"),
    ("email", "text", "p#mail"),
    ("iban", "text", "p#mail"),
    ("data-alongside-mask", "region", "p"),
    ("data-alongside-block", "region", "div#block"),
    ("typed", "contenteditable", "div"),
    ("email", "alt", "img"),
    ("address", "query or path", ""),
    ("title", "text", "title"),
]


@pytest.mark.parametrize("rule, kind, element", RULES)
def test_every_rule_that_fires_is_told_with_its_element(report, rule, kind, element):
    found = [one for one in report["rules"] if one["rule"] == rule and one["kind"].startswith(kind.split("-")[0])]
    assert any(element in one["element"].split(" > ")[-1] for one in found), report["rules"]


def test_fields_in_closed_roots_and_frames_are_told_too(report):
    assert sum(one["rule"] == "typed" and one["kind"] == "text" for one in report["rules"]) == 3


def test_what_a_rep_may_see_is_printed(report):
    words = " ".join(" ".join(report["lines"]).split())
    for seen in ("Checkout of the lint page", "SPRING25", "masked", "Words in a closed root", "Words in the frame"):
        assert seen in words, report["lines"]
    assert report["status"] == 200 and report["viewport"] == [1280, 800]


def test_people_read_the_same_without_secrets(address):
    done = run(f"{address}/canaries.html")
    assert done.returncode == 0
    for canary in CANARIES:
        assert canary not in done.stdout + done.stderr, canary
    assert "Masked or withheld" in done.stdout and "Shown of what a shopper enters:" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_machine_without_chromium_is_told_so(address, tmp_path):
    done = run(f"{address}/canaries.html", path=str(tmp_path))
    assert done.returncode == 69
    assert done.stderr.startswith("alongside: There is no Chromium on the PATH")
    done = run("--chromium", str(tmp_path / "none"), f"{address}/canaries.html")
    assert done.returncode == 69 and "is not a program" in done.stderr


def test_a_page_that_does_not_load_is_told(address):
    done = run("http://127.0.0.1:9/")
    assert done.returncode == 1 and "The page did not load: net::ERR_" in done.stderr


def test_no_address_is_wrong_usage():
    assert run("ftp://shop.example/").returncode == 64


def test_nothing_is_left_behind(address):
    # Chromium's sockets have no room for the long paths of the test's own folders.
    folder = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))
    environment = {**os.environ, "TMPDIR": str(folder), "SWIFT_BACKTRACE": "enable=no"}
    program = pathlib.Path(os.environ["ALONGSIDE_BIN"]) / "alongside"
    subprocess.run(
        [program, "masklint", f"{address}/canaries.html"], check=True, capture_output=True, env=environment
    )
    assert list(folder.glob("alongside-masklint-*")) == []
    shutil.rmtree(folder)
