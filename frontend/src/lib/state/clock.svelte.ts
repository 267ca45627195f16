/** The present moment, for relative times: moves on every half minute while someone watches. */
const STEP_MS = 30_000;

export class Clock {
  now = $state(Date.now());

  watch(): () => void {
    this.now = Date.now();
    const timer = setInterval(() => (this.now = Date.now()), STEP_MS);
    return () => clearInterval(timer);
  }
}

export const clock = new Clock();
