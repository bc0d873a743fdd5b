"""What is measured: scenarios, each a list of cases that differ in one thing, run on several relays in turn."""

import dataclasses

MIX = ("cursor:32:60", "delta:600:10", "keyframe:20000:0.1")
SATURATION = {"64 B": (64, 16), "1 kB": (1024, 16), "64 kB": (65536, 4)}
PEERS = ("mosquitto", "nats-server", "node ws", "picows")
# Where the time of a saturated relay goes: against `raw` as shipped, with every thread on one core; `log beside` leaves
# the loop's core to the loop, as a second core does on any other machine, and is what "one loop" is held to; `no log`
# is the same without the frames' audit, and what "with the log on" is held to.
SATURATED = ("raw", "raw, no batch", "alongside", "alongside, log beside", "alongside, no log")


@dataclasses.dataclass
class Case:
    """One set of flags for the load generator."""

    name: str
    flags: list
    seconds: float = 4
    # Both cores for the relay and for the generator; else one each.
    shares_cores: bool = False
    # Kept from halting: where latency is measured, not what a busy core can do.
    awake_cores: tuple = (0, 1)
    # Relays that take part; `peers` only in the first rounds.
    relays: tuple = ("raw", "alongside")
    peers: tuple = ()
    # Peers take part in this many rounds only.
    peer_rounds: int = 3
    rounds_max: int = 100
    # The longest that one run may take, setting up included.
    patience: int = 60


def streams(*texts):
    return [flag for text in texts for flag in ("--stream", text)]


def rooms(count, seats, seats_per_link=1):
    return ["--rooms", str(count), "--seats", str(seats), "--seats-per-link", str(seats_per_link)]


def saturation(size, suffix="", **options):
    count, window = SATURATION[size]
    flags = [*rooms(8, 8), "--saturate", f"{count}:{window}"]
    return Case(f"saturation {size}{suffix}", flags, seconds=2, awake_cores=(), **options)


def idle(count, **options):
    # The ratio with and without says whether links that are silent cost those that are not.
    flags = [*rooms(100, 1), *streams("cursor:32:60", "delta:600:10"), "--idle", str(count)]
    return Case(f"100 active, {count} idle", flags, seconds=3, **options)


def stopped(count, **options):
    # The ratio with and without says whether a seat that reads nothing costs the others of its session.
    flags = [*rooms(1, 4), *streams("delta:600:200"), "--stopped", str(count)]
    return Case(f"4 seats, {count} stopped", flags, seconds=3, **options)


def sessions(count):
    # A rep's link holds up to 25 seats, so that the number of sessions alone grows.
    flags = [*rooms(count, 1, 25), *streams("cursor:32:1", "delta:600:0.5")]
    many = {"patience": 150} if count >= 5000 else {}
    return Case(f"{count} sessions", flags, seconds=4, relays=("alongside",), **many)


SCENARIOS = {
    "cursor": [Case("1 to 1 cursor 60 Hz", [*rooms(1, 1), *streams("cursor:32:60")], seconds=2.5, peers=PEERS)],
    "mix": [Case("co-browse mix, 200 x 2", [*rooms(200, 2), *streams(*MIX)], peers=PEERS)],
    "fan-out": [Case("1 to 500, 600 B at 60 Hz", [*rooms(1, 500), *streams("delta:600:60")], peers=PEERS)],
    "saturation": [saturation(size, relays=SATURATED, peers=PEERS) for size in SATURATION],
    "idle": [idle(0, peers=PEERS, peer_rounds=1), idle(10_000, peers=PEERS, peer_rounds=1)],
    "stopped": [stopped(0, peers=PEERS, peer_rounds=1), stopped(1, peers=PEERS, peer_rounds=1)],
    "sessions": [sessions(count) for count in (100, 1000, 5000)],
    "loops": [
        saturation(size, ", loops", shares_cores=True, relays=("alongside, 1 loop", "alongside, 2 loops"))
        for size in ("64 B", "1 kB")
    ],
}

# Everything once, small and short: whether it works at all.
QUICK = ("cursor", "mix", "fan-out", "saturation")
