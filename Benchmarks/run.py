#!/usr/bin/env python3
"""Measures the relay beside its floor and its peers: Benchmarks/README.md.

usage: run.py [--quick] [--only SCENARIO …] [--rounds N] [--relays NAME …] [--binary PATH] [--output FILE.json]
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/EndToEnd"))

import report  # noqa: E402
from awake_cores import AwakeCores  # noqa: E402
from relays import (  # noqa: E402
    OUT,
    REPOSITORY,
    Alongside,
    Mosquitto,
    Nats,
    Node,
    Picows,
    Ports,
    PRINCIPAL,
    Raw,
    RawUnbatched,
)
from scenarios import QUICK, SCENARIOS  # noqa: E402

RELAY_CORE, LOAD_CORE, BOTH = "0", "1", "0,1"
# What is left when a run has taken this long is measured without peers.
HURRY_SECONDS = 15 * 60


def build():
    """The raw relay, the load generator, and the rep's key."""
    OUT.mkdir(parents=True, exist_ok=True)
    here = pathlib.Path(__file__).resolve().parent
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE"]
    load = sorted(str(path) for path in (here / "load").glob("*.c"))
    for name, sources in (("raw_relay", [str(here / "raw_relay.c")]), ("load", load)):
        subprocess.run(["gcc", *flags, "-o", str(OUT / name), *sources, "-lcrypto"], check=True)
    key = OUT / "key.pem"
    if not key.exists():
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)], check=True)
    done = subprocess.run(
        [str(OUT / "load"), "--key", str(key), "--signer", PRINCIPAL], check=True, capture_output=True
    )
    (OUT / "allowed_signers").write_bytes(done.stdout)


def make_relays(ports, binary):
    """By name. Those that are absent are named and left out."""
    found = {}
    for relay in (Raw(ports), RawUnbatched(ports), Alongside(ports, binary)):
        found[relay.name] = relay
    without = str(pathlib.Path(binary).with_name("relay-without-log"))
    beside = {int(LOAD_CORE)}
    variants = {
        "alongside, log beside": Alongside(ports, binary, other_cores=beside),
        "alongside, no log": Alongside(ports, binary, program=without, other_cores=beside),
        "alongside, 1 loop": Alongside(ports, binary, loops=1),
        "alongside, 2 loops": Alongside(ports, binary, loops=2),
    }
    for name, relay in variants.items():
        relay.name = name
        found[name] = relay
    for kind in (Mosquitto, Nats, Node, Picows):
        relay = kind(ports)
        found[relay.name] = relay
    absent = {name: why for name, relay in found.items() if (why := relay.absent())}
    return {name: relay for name, relay in found.items() if name not in absent}, absent


def measure(relay, case, seconds):
    """One run: a fresh relay, the load, and what the generator reports."""
    pid = relay.start(BOTH if case.shares_cores else RELAY_CORE)
    try:
        command = ["taskset", "-c", BOTH if case.shares_cores else LOAD_CORE, str(OUT / "load")]
        command += [*relay.load_flags(), "--port", str(relay.port), "--pid", str(pid)]
        command += [*case.flags, "--seconds", str(seconds), "--warm", "0.5"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=case.patience)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip()[-300:])
        return json.loads(done.stdout)
    finally:
        relay.stop()


def run_case(case, relays, rounds, seconds, say):
    """All rounds of one case, the relays in turn within each round."""
    with AwakeCores(case.awake_cores):
        return run_rounds(case, relays, rounds, seconds, say)


def run_rounds(case, relays, rounds, seconds, say):
    results = {}
    for number in range(min(rounds, case.rounds_max)):
        names = [*case.relays, *(case.peers if number < case.peer_rounds else ())]
        for name in names:
            if name not in relays or results.get(name, {}).get("failed"):
                continue
            try:
                load = os.getloadavg()[0]
                figures = measure(relays[name], case, seconds)
                figures["load_average"] = load
                results.setdefault(name, {"rounds": []})["rounds"].append(figures)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                # Said in the table; the others go on.
                results.setdefault(name, {"rounds": []})["failed"] = str(error)
                say(f"  {name}: {error}")
    return results


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), "unknown")
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release()}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a minute or two: does everything work?")
    parser.add_argument("--only", nargs="+", choices=list(SCENARIOS), metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--relays", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--rounds", type=int, help="5 unless said otherwise")
    parser.add_argument("--seconds", type=float, help="of each run, in place of the scenario's own")
    parser.add_argument("--binary", default=str(REPOSITORY / ".build/release/alongsided"))
    parser.add_argument("--output", type=pathlib.Path, default=OUT / "results.json")
    parser.add_argument("--ports", default="24000-24999")
    return parser.parse_args()


def main():
    # An end by a signal still stops what was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = options()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    build()
    first, last = (int(part) for part in chosen.ports.split("-"))
    relays, absent = make_relays(Ports(first, last), chosen.binary)
    if chosen.relays:
        relays = {name: relay for name, relay in relays.items() if name in chosen.relays}
    names = chosen.only or (QUICK if chosen.quick else list(SCENARIOS))
    rounds = chosen.rounds or (1 if chosen.quick else 5)

    def say(text):
        print(text, file=sys.stderr, flush=True)

    results, began = {}, time.monotonic()
    for name in names:
        for case in SCENARIOS[name]:
            say(f"{time.monotonic() - began:6.0f} s  {case.name}")
            seconds = chosen.seconds or (1 if chosen.quick else case.seconds)
            is_late = time.monotonic() - began > HURRY_SECONDS
            if is_late:
                case = dataclasses.replace(case, peers=())
            results[case.name] = {"scenario": name, "relays": run_case(case, relays, rounds, seconds, say)}
    document = {
        "machine": machine(),
        "rounds": rounds,
        "limits": Alongside.limits,
        "absent": absent,
        "seconds": round(time.monotonic() - began),
        "cases": results,
    }
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_text(json.dumps(document, indent=1))
    print(report.table(document))
    say(f"{chosen.output}: every round; {document['seconds']} s")


if __name__ == "__main__":
    sys.exit(main())
