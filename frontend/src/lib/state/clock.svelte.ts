/** The present moment, for relative times: moves on every half minute, or as told, while someone watches. */
const STEP_MS = 30_000;

export class Clock {
  now = $state(Date.now());

  constructor(private readonly stepMs = STEP_MS) {}

  watch(): () => void {
    this.now = Date.now();
    const timer = setInterval(() => (this.now = Date.now()), this.stepMs);
    return () => clearInterval(timer);
  }
}

export const clock = new Clock();
