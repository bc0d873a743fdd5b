/** What a close code asks of the script: `Protocol/close-codes.md`. */

export type Closing = "again" | "ended" | "replaced" | "unavailable" | "fault";

export function closingOf(code: number): Closing {
  switch (code) {
    case 4510: return "ended";
    case 4509: return "replaced";
    case 4506: case 4507: return "unavailable";
    case 1000: case 1003: case 1007: case 1008: return "fault";
    default: return code >= 4500 ? "fault" : "again";
  }
}

/** Whether the relay is there and cannot take a session now: it is full, or its audit log cannot be written. */
export function isBusy(code: number): boolean {
  return code === 4003 || code === 4004;
}

export const pauseMin = 500;
export const pauseMax = 30_000;

/** Milliseconds before attempt `attempt` (from 0): doubling, and jittered so that shoppers do not return as one. */
export function pauseBefore(attempt: number, random: number): number {
  const whole = Math.min(pauseMax, pauseMin * 2 ** Math.min(attempt, 10));
  return Math.max(pauseMin, Math.round(whole * (0.5 + random / 2)));
}
