/** Nothing of ours may surface in the shop: every entry from the browser into the script goes through here. */

/** Past this many faults of our own the script stops for good: a page must not pay for them for ever. */
const faultCountMax = 20;

let faultCount = 0;
let giveUp: () => void = () => undefined;

/** What to do when the script has failed too often. */
export function onGivingUp(action: () => void): void {
  giveUp = action;
}

function fault(): void {
  faultCount += 1;
  if (faultCount === faultCountMax) {
    try {
      giveUp();
    } catch {
      // There is nobody left to tell.
    }
  }
}

/** `work`, which never throws and does nothing once the script gave up. */
export function guarded<A extends unknown[]>(work: (...input: A) => void): (...input: A) => void {
  return (...input) => {
    if (faultCount >= faultCountMax) return;
    try {
      work(...input);
    } catch {
      fault();
    }
  };
}

/** The value of `read`, or `otherwise` where the page makes it throw. */
export function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** Listeners that are taken away together. */
export class Listeners {
  private readonly removals: (() => void)[] = [];

  on<E extends Event>(
    target: EventTarget, names: string, work: (event: E) => void, options: AddEventListenerOptions = {},
  ): void {
    const listener = guarded(work) as unknown as EventListener;
    for (const name of names.split(" ")) {
      target.addEventListener(name, listener, options);
      this.removals.push(() => target.removeEventListener(name, listener, options));
    }
  }

  stop(): void {
    for (const remove of this.removals.splice(0)) remove();
  }
}
