"""Serves the demo shop's pages without the daemon: for looking at them and for testing the simulated shopper.

python3 Tests/EndToEnd/shop_server.py 8080
"""

import http.server
import pathlib
import re
import sys

from script_files import script_files

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources"
PAGES = SOURCES / "DemoShop" / "pages"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def content_security_policy():
    """The daemon's header, read from the source so that there is one of it."""
    swift = (SOURCES / "DemoShop" / "DemoShop.swift").read_text()
    value = swift.split("contentSecurityPolicy =", 1)[1].split("///", 1)[0]
    return "".join(re.findall(r'"([^"]*)"', value))


def file_for(path):
    """The file that answers `path`, or None."""
    name = path.split("?", 1)[0]
    if name == "/":
        return PAGES / "index.html"
    file = (PAGES / name.lstrip("/")).resolve()
    if not file.suffix:
        file = file.with_suffix(".html")
    return file if file.is_relative_to(PAGES) and file.is_file() else None


class Shop(http.server.BaseHTTPRequestHandler):
    """One GET, one file."""

    script = None
    policy = content_security_policy()

    def do_GET(self):  # noqa: N802, the name is the library's
        file = file_for(self.path)
        script = script_files().get(self.path)
        if self.path == "/alongside.js" and Shop.script is not None:
            self.answer(200, TYPES[".js"], Shop.script.encode())
        elif script:
            self.answer(200, TYPES[".js"], script)
        elif file is None or not file.is_file():
            self.answer(404, "text/plain", b"no such page\n")
        else:
            self.answer(200, TYPES[file.suffix], file.read_bytes())

    def answer(self, status, content_type, body):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(port=0, script=None):
    """A server on loopback, not yet running; `script` replaces alongside.js."""
    Shop.script = script
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), Shop)


if __name__ == "__main__":
    server = serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8080)
    print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
    server.serve_forever()
