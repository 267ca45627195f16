/** How fast all models together wrote in the last two minutes, one figure a second. */
const PERIOD_MS = 1000;
const MOST = 120;

export class SpeedHistory {
  /** Tokens a second, the oldest first. */
  values = $state.raw<number[]>([]);

  constructor(private readonly most = MOST) {}

  /** As many as two minutes have, the moments before the first look without a figure. */
  get drawn(): (number | null)[] {
    const before = Array.from({ length: this.most - this.values.length }, () => null);
    return [...before, ...this.values];
  }

  get highest(): number {
    return Math.max(0, ...this.values);
  }

  /** Looks every second until the returned function is called; null is not known, and not kept. */
  watch(look: () => number | null): () => void {
    const timer = setInterval(() => this.add(look()), PERIOD_MS);
    return () => clearInterval(timer);
  }

  add(value: number | null): void {
    if (value !== null) this.values = [...this.values, value].slice(-this.most);
  }
}
