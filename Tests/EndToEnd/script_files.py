"""The script's files as the daemon serves them: the loader, and the session's script in each language."""

import base64
import hashlib
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Sources/Embed"


def script_files(folder=FOLDER):
    """Bytes by path. `folder` holds what `build.mjs` wrote."""
    files = {"/alongside.js": (folder / "alongside.js").read_bytes()}
    session = (folder / "session.js").read_bytes()
    for words in sorted((folder / "words").glob("*.json")):
        served = session + b"(" + words.read_bytes() + b");\n"
        digest = base64.b64encode(hashlib.sha256(served).digest()).decode()
        files["/alongside." + "".join(filter(str.isalnum, digest))[:16] + ".js"] = served
    return files
