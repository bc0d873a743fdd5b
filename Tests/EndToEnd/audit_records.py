"""The audit log of a relay under test, read by the program that everyone reads it with."""

import json
import subprocess

from relay_stack import BIN

# The exit code of a reading that could not be put on record now, as on a disk that takes more than 2 s for a sync.
NOT_NOW = 75
ATTEMPTS = 5
SECONDS = 180


def records(stack, session=None):
    """The log's records, as `alongside-audit show --json` prints them."""
    command = [str(BIN / "alongside-audit"), "show", str(stack.audit), "--json"]
    if session is not None:
        command += ["--session", session]
    for _ in range(ATTEMPTS):
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        if done.returncode != NOT_NOW:
            break
        print(f"  again: {done.stderr.strip()}", flush=True)
    assert done.returncode == 0, f"show ended with {done.returncode}: {done.stderr}"
    return [json.loads(line) for line in done.stdout.splitlines()]
