/** How fast all models together wrote in the last two minutes, one figure a second. */
const PERIOD_MS = 1000;
const MOST = 120;

export class SpeedHistory {
  /** Tokens a second, the oldest first; null for a moment nobody looked at. */
  values = $state.raw<(number | null)[]>([]);
  #lookedAt: number | null = null;

  constructor(private readonly most = MOST) {}

  /** As many as two minutes have, the moments before the first look without a figure. */
  get drawn(): (number | null)[] {
    const before = Array.from({ length: this.most - this.values.length }, () => null);
    return [...before, ...this.values];
  }

  get highest(): number {
    return Math.max(0, ...this.values.map((value) => value ?? 0));
  }

  /** Looks every second until the returned function is called; null is not known. In a hidden tab
   * nothing is told, so nothing is looked at. */
  watch(look: () => number | null): () => void {
    const timer = setInterval(() => {
      if (!document.hidden) this.add(look(), Date.now());
    }, PERIOD_MS);
    return () => clearInterval(timer);
  }

  /** The figure of this moment; the moments since the last one that were missed are a gap. */
  add(value: number | null, now: number): void {
    const since = this.#lookedAt === null ? 1 : Math.round((now - this.#lookedAt) / PERIOD_MS);
    const missed = Math.min(this.most, Math.max(0, since - 1));
    this.#lookedAt = now;
    const gap = Array.from({ length: missed }, () => null);
    this.values = [...this.values, ...gap, value].slice(-this.most);
  }

  clear(): void {
    this.values = [];
    this.#lookedAt = null;
  }
}
