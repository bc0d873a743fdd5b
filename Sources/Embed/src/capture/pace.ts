/** How much of the main thread the script takes, and how much it may. */

/** Looks may take this share of the main thread: a look of 5 ms is followed by 40 ms of rest. */
const restFactor = 8;
/** So many milliseconds of rest may be owed: one change mostly follows another, and then nothing does. */
const owedMax = 160;
/** While nothing is known to have changed, looks take less than this share: 0.3 % of the time. */
const sweepFactor = 330;
/** Past the budget looks become this rare: less than 4 % of the time. */
const slowRestFactor = 25;
/**
 * No rest is longer than this, in milliseconds, and as long again as the look was: what changes is seen in a few
 * seconds on the slowest of machines, where a look may take seconds by the clock, and half of the time stays free.
 */
const restMax = 1500;
const budgetWindow = 60_000;
/** Milliseconds of work in a window before looks become rare. */
const slowCostMax = 3000;
/** A slice of this length is felt by the shopper, though it was to take 3 ms; and the machine's load alone is less. */
const feltDuration = 200;
/** Milliseconds of felt slices in a window after which nobody looks any more. */
const feltCostMax = 3000;

export class Pace {
  private windowStart = 0;
  private windowCost = 0;
  private isSlow = false;
  private lastCost = 0;
  /** Milliseconds of the look that ends which another rest is taken for. */
  aside = 0;
  /** When the next look may begin, by the clock of `spent`. */
  next = -owedMax;
  private feltCost = 0;

  /** Counts the cost of one look that ended at `now`; both in milliseconds. */
  spent(cost: number, now: number): void {
    this.lastCost = cost;
    if (now - this.windowStart > budgetWindow) {
      this.isSlow = this.windowCost > slowCostMax;
      this.windowStart = now;
      this.windowCost = 0;
      if (!this.isSpent) this.feltCost = 0;
    }
    this.windowCost += cost;
    if (this.windowCost > slowCostMax) this.isSlow = true;
    const rested = Math.min(now, Math.max(now - owedMax, this.next));
    this.next = rested + Math.min((cost - this.aside) * (this.isSlow ? slowRestFactor : restFactor), restMax + cost);
    this.aside = 0;
  }

  /** Counts a slice of `duration` milliseconds. */
  sliced(duration: number): void {
    if (duration >= feltDuration) this.feltCost += duration;
  }

  /** Whether the page was made slow: it is not looked at again. */
  get isSpent(): boolean {
    return this.feltCost > feltCostMax;
  }

  /** How long nobody looks while nothing is known to have changed. */
  get sweepRest(): number {
    return this.lastCost * sweepFactor;
  }
}
