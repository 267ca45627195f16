/** Geometry of charts over time: areas on each other, broken where nothing was seen. Pure. */

export interface TimePoint {
  /** Milliseconds since 1970. */
  at: number;
  /** One for each series, none negative. */
  values: readonly number[];
}

export interface TimeFrame {
  /** Milliseconds: what lies at the left edge, and at the right. */
  from: number;
  to: number;
  /** What lies at the upper edge. */
  top: number;
  width: number;
  height: number;
}

/** A span in which nothing was seen that is longer than this many usual steps is a gap. */
const GAP_STEPS = 4;

/** Parts of the points between which nothing is missing. */
export function unbroken(points: readonly TimePoint[], stepMs: number): TimePoint[][] {
  const parts: TimePoint[][] = [];
  for (const point of points) {
    const before = parts.at(-1)?.at(-1);
    if (before && point.at - before.at <= GAP_STEPS * stepMs) parts.at(-1)!.push(point);
    else parts.push([point]);
  }
  return parts;
}

/** A closed path for each series, the first lowest: each stands on those before it. */
export function stackedAreas(points: readonly TimePoint[], frame: TimeFrame): string[] {
  const series = points[0]?.values.length ?? 0;
  const place = (point: TimePoint) => xOf(point.at, frame).toFixed(1);
  return Array.from({ length: series }, (_, index) => {
    const edge = (upTo: number) =>
      points.map((point) => `${place(point)} ${yOf(held(point, upTo), frame).toFixed(1)}`);
    return `M${edge(index + 1).join('L')}L${edge(index).reverse().join('L')}Z`;
  });
}

/** Everything that a point holds, or only its first series. */
export function held({ values }: TimePoint, series = values.length): number {
  return values.slice(0, series).reduce((sum, value) => sum + value, 0);
}

export function xOf(at: number, { from, to, width }: TimeFrame): number {
  return ((at - from) / Math.max(1, to - from)) * width;
}

export function yOf(value: number, { top, height }: TimeFrame): number {
  return height - (value / top) * height;
}

/** The place of the point nearest to a moment; null where there is none. */
export function nearest(points: readonly TimePoint[], at: number): number | null {
  let found: number | null = null;
  points.forEach((point, place) => {
    const best = found === null ? Infinity : Math.abs(points[found]!.at - at);
    if (Math.abs(point.at - at) < best) found = place;
  });
  return found;
}
