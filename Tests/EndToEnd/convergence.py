"""How soon after a change in the page the seat's screen is the one it comes to rest at, and how busy the machine was.

The page itself notes when it changes: input, its own mutations, the ends of transitions, what scrolls on. The seat's
screen is worked out for every frame that came, afterwards, so that asking costs nothing while it counts. The screen has
converged with the first frame from which on it stays as it is in the end; that last screen is the one that is
compared with what the browser paints. Before each step the page sends a word of its own: after an animation frame and
a few slices of work of a fixed size, over a WebSocket. On a busy machine it is late too, and says how busy.
"""

import time
from dataclasses import dataclass

import seat_view
from browsers import until
from fidelity import COLUMN, ROW, Figures, percentile
from view_model import ViewModel

SHARE_MIN = 0.98
GOAL = 0.150
# The page's own word takes no longer on a machine with nothing else to do: a frame of 60 Hz, the work, and the way.
# Where it takes n times as long, so may the screen.
REFERENCE_QUIET = 0.045
# So many times a look's duration the script rests after it, less what it may owe (`pace.ts`): a step begins when it
# has rested, as a shopper's next step does.
REST_FACTOR, OWED, REST_MAX = 8, 0.16, 3.0

WATCH = """
if (!window.watched) {
  const channel = new MessageChannel(), socket = new WebSocket('ws://127.0.0.1:%d/reference', 'alongside.v1');
  const state = window.watched = { isArmed: false, isOpen: () => socket.readyState === 1, began: 0, changed: 0 };
  const places = new Map();
  // Frames since the last change; none are asked for while nobody waits.
  let still = 0, isCounting = false;
  const work = () => { for (let n = 0, x = 1; n < 1e6 && x; n += 1) x = (x * 31 + n) | 1; };
  let slices = 0;
  channel.port1.onmessage = () => {
    work();
    slices -= 1;
    if (slices > 0) channel.port2.postMessage(0);
    else socket.send('done');
  };
  work();
  state.tell = () => {
    slices = 4;
    requestAnimationFrame(() => channel.port2.postMessage(0));
    return Date.now();
  };
  const frame = () => {
    still += 1;
    isCounting = !state.isResting();
    if (isCounting) requestAnimationFrame(frame);
  };
  const changed = () => {
    still = 0;
    state.changed = Date.now();
    if (!isCounting && state.began > 0) requestAnimationFrame(frame);
    isCounting = state.began > 0;
  };
  state.arm = () => {
    Object.assign(state, { isArmed: true, began: 0, changed: 0 });
    places.clear();
  };
  state.begin = (work) => {
    if (state.isArmed) {
      state.isArmed = false;
      state.began = Date.now();
    }
    changed();
    work?.();
    places.clear();
  };
  state.isResting = () => state.began > 0 && still > 3 && !document.getAnimations().some((one) =>
    one.playState === 'running' && isFinite(one.effect.getComputedTiming().endTime));
  const quiet = { capture: true, passive: true };
  for (const name of ['pointermove', 'pointerdown', 'click', 'keydown', 'input', 'resize']) {
    addEventListener(name, () => state.begin(), quiet);
  }
  for (const name of ['transitionend', 'animationend']) addEventListener(name, changed, quiet);
  // A jump is told once, after it was done; what scrolls by itself is told again and again.
  addEventListener('scroll', ({ target }) => {
    const one = target.scrollingElement ?? target, at = `${one.scrollLeft},${one.scrollTop}`;
    if (places.has(one) && places.get(one) !== at) changed();
    places.set(one, at);
  }, quiet);
  new MutationObserver((records) => {
    const isOwn = ({ target }) => !(target.closest ? target : target.parentElement)?.closest('alongside-help,head');
    if (records.some(isOwn)) changed();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}
return watched.isOpen();"""

# What moves for ever is never at rest: it is held still during a step.
ENDLESS = """
const all = (root) => [root, ...[...root.querySelectorAll('iframe')].flatMap((one) => {
  try { return one.contentDocument ? all(one.contentDocument) : []; } catch { return []; }
})];
for (const one of all(document).flatMap((each) => each.getAnimations())) {
  if (one.effect && !isFinite(one.effect.getComputedTiming().endTime)) one.%s();
}"""


@dataclass
class Row:
    """One step: its figures, and seconds until the screen was right, None when nothing
    changed on it, and until the page's own word before it."""

    shop: str
    step: str
    figures: Figures
    converged: float | None = None
    reference: float = 0.0


class Watch:
    """Watches one page and its link. `run` evaluates the body of a function in the page, `seen` waits for a view that
    was read after the call, `measure` gives the figures of a view against what is painted now."""

    def __init__(self, run, relay, link, seen, measure):
        self.run, self.relay, self.link = run, relay, link
        self.seen, self.measure = seen, measure
        until(lambda: run(WATCH % relay.port), 20, "the page's own socket")

    def first(self, shop):
        """The figures before any step."""
        self.run(ENDLESS % "pause")
        figures = self.measure(self.seen())
        self.run(ENDLESS % "play")
        return Row(shop, "", figures)

    def step(self, shop, step, act):
        """The figures after one step. `act` does it; a script runs inside of `watched.begin`."""
        self.run(ENDLESS % "pause")
        self.seen()
        last = self.link.of(0x10, 0x11)[-1]
        took = last.at - last.captured / 1e6
        # It is time that is measured, and the script's rest that must be over: no frame tells of its end.
        time.sleep(min(REST_MAX, max(0.0, REST_FACTOR * took - OWED)))
        told = len(self.relay.references)
        asked = self.run("return watched.tell();") / 1000
        reference = self.relay.wait(lambda: self.relay.references[told:], "the page's own word", 20)[0] - asked
        count = len(self.link.frames)
        self.run("watched.arm();")
        act(step)
        until(lambda: self.run("return watched.isResting();"), 20, f"the page at rest after {step}")
        changed = self.run("return watched.changed;") / 1000
        final = self.seen()
        converged = since(list(self.link.frames), count, changed)
        figures = self.measure(final)
        self.run(ENDLESS % "play")
        return Row(shop, step, figures, converged, reference)


def since(frames, count, changed):
    """Seconds from `changed` until the screen after `frames[:count]` was what it is in the end; None if it was."""
    model = ViewModel().feed(frames[:count])
    screens = [(None, screen(model))]
    for frame in frames[count:]:
        if frame.kind in (0x10, 0x11, 0x12):
            screens.append((frame.at, screen(model.feed([frame]))))
    number = len(screens) - 1
    while number > 0 and screens[number - 1][1] == screens[-1][1]:
        number -= 1
    return max(0.0, screens[number][0] - changed) if number else None


def screen(model):
    """What of a view is to be seen: words, and fields, masks and areas, in the viewport."""
    words, _ = seat_view.shown(model)
    clips = seat_view.layer_clips(model)
    found = [(word.text, *map(round, word.rect)) for word in words]
    for layer, x, y, item in seat_view.layered_items(model):
        area = seat_view.intersection(clips[layer], (x, y, x + item[3], y + item[4]))
        if item[0] in "fmb" and area[0] < area[2] and area[1] < area[3]:
            found.append((str(item[5:]), *map(round, area)))
    return sorted(found)


def bound(rows):
    """The p95 that is allowed: the goal, or as many times more as the machine makes any page's word late."""
    late = percentile([row.reference for row in rows if row.step], 0.95)
    return GOAL * max(1.0, late / REFERENCE_QUIET)


def report(engine, rows):
    """Prints one table."""
    print(f"\n{engine:9} {'step':34} words shown false  rows p95  columns p95  converged  page's word")
    for row in rows:
        print(line(row.shop, row.step or "at first", row.figures) + times(row))
    total = Figures()
    for row in rows:
        total.add(row.figures)
    changes = [row for row in rows if row.converged is not None]
    print(line("all", f"{len(changes)} steps changed the screen", total))
    for name, values in (
        ("converged", [row.converged for row in changes]),
        ("the page's own word", [row.reference for row in changes]),
    ):
        parts = [1000 * percentile(values, part) for part in (0.5, 0.95, 1.0)]
        print("{}, {}: p50 {:.0f} ms, p95 {:.0f} ms, longest {:.0f} ms".format(engine, name, *parts))
    print(f"{engine}, allowed on this machine now: p95 {1000 * bound(rows):.0f} ms")


def line(shop, step, figures):
    rows, columns = percentile(figures.down, 0.95) / ROW, percentile(figures.across, 0.95) / COLUMN
    return (
        f"{shop:9} {step[:34]:34} {figures.painted:5} {100 * figures.share:4.0f}% {len(figures.false):5}"
        f" {rows:9.2f} {columns:12.2f}"
    )


def times(row):
    if row.converged is None:
        return f"{'-':>11}" + (f"{1000 * row.reference:12.0f} ms" if row.step else "")
    return f" {1000 * row.converged:7.0f} ms {1000 * row.reference:9.0f} ms"


def assert_faithful(rows):
    """After each step the words of one shop are there, at their places, and no others."""
    total = Figures()
    for row in rows:
        if row.figures.lost or row.figures.false:
            print(f"\n{row.shop}, {row.step or 'at first'}:", end=" ")
            print(f"lost {row.figures.lost[:14]}, false {row.figures.false[:14]}", end="")
        total.add(row.figures)
    assert total.painted > 20 and total.share >= SHARE_MIN
    assert percentile(total.down, 0.95) <= ROW and percentile(total.across, 0.95) <= 3 * COLUMN
    assert total.false == []


def assert_soon(engine, rows):
    """The screen converges soon: 95 of 100 steps within `bound`."""
    changes = [row.converged for row in rows if row.converged is not None]
    assert changes, "the steps are measured by the tests before this one"
    assert percentile(changes, 0.95) <= bound(rows), f"{engine}: {sorted(changes)[-5:]}"
