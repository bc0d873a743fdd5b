"""The audit log of a relay under test, read by the program that everyone reads it with."""

import json
import subprocess

from relay_stack import BIN


def records(stack, session=None):
    """The log's records, as `alongside-audit show --json` prints them."""
    command = [str(BIN / "alongside-audit"), "show", str(stack.audit), "--json"]
    if session is not None:
        command += ["--session", session]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]
