"""Tables and ratios from what run.py has measured. `report.py FILE.json` prints them again."""

import json
import statistics
import sys

COLUMNS = (
    ("delivered/s", "delivered_per_second", "{:,.0f}"),
    ("CPU us", "cpu_us_per_delivered", "{:.2f}"),
    ("loop us", "loop_cpu_us_per_delivered", "{:.2f}"),
    ("p50 us", "p50_us", "{:,.0f}"),
    ("p99 us", "p99_us", "{:,.0f}"),
    ("last p50", "last_seat_p50_us", "{:,.0f}"),
    ("last p99", "last_seat_p99_us", "{:,.0f}"),
    ("RSS MB", "resident_bytes", "{:.1f}"),
    ("lost", "lost", "{:,.0f}"),
    ("relay %", "cpu_share", "{:.0f}"),
    ("load %", "load_cpu_share", "{:.0f}"),
)
SCALE = {"resident_bytes": 1e-6, "cpu_share": 100, "load_cpu_share": 100}
# What a stopped seat may hold (Protocol/README.md): its session's ring (`ringBytesMax`) and the rest of one write
# (`gatherBytesMax`), in MB.
GROWTH_MB_MAX = round(((4 << 20) + (256 << 10)) / 1e6, 2)
# A generator as busy as this may be what limits the figure.
BUSY = 0.9


def median(case, relay, key):
    rounds = case["relays"].get(relay, {}).get("rounds", [])
    return statistics.median(one[key] for one in rounds) if rounds else None


def ratio(case, relay, other, key):
    """The median of the ratios of the rounds in which both took part: what disturbs the machine disturbs both."""
    mine = case["relays"].get(relay, {}).get("rounds", [])
    theirs = case["relays"].get(other, {}).get("rounds", [])
    pairs = [(one[key], two[key]) for one, two in zip(mine, theirs) if two[key]]
    return statistics.median(one / two for one, two in pairs) if pairs else None


def between(one, other, relay, key):
    """The same between two cases of one relay."""
    mine = one["relays"].get(relay, {}).get("rounds", [])
    theirs = other["relays"].get(relay, {}).get("rounds", [])
    pairs = [(first[key], second[key]) for first, second in zip(mine, theirs) if second[key]]
    return statistics.median(first / second for first, second in pairs) if pairs else None


def case_table(name, case):
    lines = [f"\n## {name}\n", "| relay | " + " | ".join(title for title, _, _ in COLUMNS) + " | of raw |"]
    lines.append("|---" * (len(COLUMNS) + 2) + "|")
    is_saturation = case["scenario"] in ("saturation", "loops")
    for relay, found in case["relays"].items():
        if not found["rounds"]:
            lines.append(f"| {relay} | failed: {found.get('failed', 'no round')} |")
            continue
        cells = [form.format(median(case, relay, key) * SCALE.get(key, 1)) for _, key, form in COLUMNS]
        share = ratio(case, relay, "raw", "delivered_per_second" if is_saturation else "cpu_us_per_delivered")
        word = "" if share is None else f"{share:.2f} " + ("delivered" if is_saturation else "CPU")
        mark = " (load generator busy)" if median(case, relay, "load_cpu_share") > BUSY else ""
        lines.append(f"| {relay}{mark} | " + " | ".join(cells) + f" | {word} |")
    return "\n".join(lines)


def claim(text, value, bound, is_floor=False):
    if value is None:
        return f"| {text} | not measured | {'>=' if is_floor else '<='} {bound} | |"
    holds = value >= bound if is_floor else value <= bound
    return f"| {text} | {value:.2f} | {'>=' if is_floor else '<='} {bound} | {'yes' if holds else 'NO'} |"


def claims(cases):
    """The ratios that the product is held to."""
    lines = ["\n## Ratios\n", "| what | measured | wanted | holds |", "|---|---|---|---|"]
    lines += saturation_claims(cases)
    mix = cases.get("co-browse mix, 200 x 2")
    if mix:
        lines.append(
            claim("mix: CPU a delivered frame, of raw", ratio(mix, "alongside", "raw", "cpu_us_per_delivered"), 1.15)
        )
        lines.append(claim("mix: p99, of raw", ratio(mix, "alongside", "raw", "p99_us"), 1.3))
    fan = cases.get("1 to 500, 600 B at 60 Hz")
    if fan:
        for key in ("p50", "p99"):
            share = ratio(fan, "alongside", "raw", f"last_seat_{key}_us")
            lines.append(claim(f"1 to 500: {key} of the last seat, of raw", share, 1.1))
    lines += idle_claims(cases) + stopped_claims(cases) + growth_claims(cases)
    return "\n".join(lines)


def saturation_claims(cases):
    lines = []
    for size, bound in (("64 B", 0.9), ("1 kB", 0.9), ("64 kB", 0.8)):
        case = cases.get(f"saturation {size}")
        if not case:
            continue
        for relay, words in (("alongside, log beside", "one loop"), ("alongside", "all threads on the loop's core")):
            share = ratio(case, relay, "raw", "delivered_per_second")
            lines.append(claim(f"saturation {size}, {words}: delivered, of raw", share, bound, True))
        loop = inverse_loop(case, "alongside, log beside", "raw", "cpu_us_per_delivered")
        lines.append(claim(f"saturation {size}: delivered per CPU second of the loop, of raw", loop, bound, True))
        share = ratio(case, "alongside, log beside", "alongside, no log", "delivered_per_second")
        lines.append(claim(f"saturation {size}, the log on: delivered, of the same without", share, 0.9, True))
        loop = inverse_loop(case, "alongside, log beside", "alongside, no log", "loop_cpu_us_per_delivered")
        lines.append(
            claim(f"saturation {size}, the log on: per CPU second of the loop, of the same", loop, 0.9, True)
        )
        whole = ratio(case, "alongside, no log", "alongside", "cpu_us_per_delivered")
        lines.append(
            f"| saturation {size}, the log on: per CPU second of all threads, of the same without "
            f"| {'not measured' if whole is None else format(whole, '.2f')} | | |"
        )
    return lines


def inverse_loop(case, relay, other, key):
    """What a CPU second of the relay's loops delivers, of what one of the other's threads (`key`) does."""
    mine = case["relays"].get(relay, {}).get("rounds", [])
    theirs = case["relays"].get(other, {}).get("rounds", [])
    pairs = [(one["loop_cpu_us_per_delivered"], two[key]) for one, two in zip(mine, theirs)]
    return statistics.median(two / one for one, two in pairs if one) if any(one for one, _ in pairs) else None


def idle_claims(cases):
    without, with_idle = cases.get("100 active, 0 idle"), cases.get("100 active, 10000 idle")
    if not with_idle:
        return []
    lines = []
    for relay, found in with_idle["relays"].items():
        if not found["rounds"]:
            continue
        cost = statistics.median(
            (one["resident_bytes_before"] - one["resident_bytes_without_idle"]) / 10_000 / 1000
            for one in found["rounds"]
        )
        if relay == "alongside":
            lines.append(claim("memory an idle link, kB", cost, 8))
        else:
            lines.append(f"| memory an idle link, kB: {relay} | {cost:.1f} | | |")
    for key, words in (("p50_us", "p50"), ("p99_us", "p99")):
        share = between(with_idle, without, "alongside", key)
        lines.append(claim(f"{words} of 100 active links, with 10,000 idle ones of without", share, 1.1))
        floor = between(with_idle, without, "raw", key)
        if floor is not None:
            lines.append(f"| {words} of 100 active links, with 10,000 idle ones of without: raw | {floor:.2f} | | |")
    return lines


def stopped_claims(cases):
    without, one = cases.get("4 seats, 0 stopped"), cases.get("4 seats, 1 stopped")
    if not one or not without:
        return []
    lines = [
        claim(
            "p99 of the other seats, with a stopped one of without",
            between(one, without, "alongside", "p99_us"),
            1.05,
        )
    ]
    for relay, found in one["relays"].items():
        if found["rounds"]:
            growth = statistics.median(
                (figures["resident_bytes"] - figures["resident_bytes_before"]) / 1e6 for figures in found["rounds"]
            )
            words = "memory that the daemon grew by in the run with a stopped seat, MB"
            if relay == "alongside":
                lines.append(claim(words, growth, GROWTH_MB_MAX))
            else:
                lines.append(f"| {words}: {relay} | {growth:.1f} | | |")
    return lines


def growth_claims(cases):
    lines = []
    few, many = cases.get("100 sessions"), cases.get("5000 sessions")
    if few and many:
        lines.append(
            claim(
                "CPU a session, with 5,000 sessions of with 100",
                between(many, few, "alongside", "cpu_us_per_delivered"),
                1.2,
            )
        )
    for size in ("64 B", "1 kB"):
        case = cases.get(f"saturation {size}, loops")
        if case:
            share = ratio(case, "alongside, 2 loops", "alongside, 1 loop", "delivered_per_second")
            lines.append(claim(f"two loops, {size}: delivered, of one", share, 1.6, True))
    return lines


def table(document):
    facts = document["machine"]
    lines = [
        f"{facts['processor']}, {facts['cores']} cores, Linux {facts['kernel']}; medians of {document['rounds']}."
    ]
    for name, why in document["absent"].items():
        lines.append(f"Not measured: {name} ({why}).")
    lines += [case_table(name, case) for name, case in document["cases"].items()]
    lines.append(claims(document["cases"]))
    return "\n".join(lines)


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print(table(json.load(file)))
