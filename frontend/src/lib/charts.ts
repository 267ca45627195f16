/** Geometry of the charts: scales, ticks and paths in the units of an SVG view box. Pure. */

/**
 * Round whole numbers from 0 up to at least `highest`, about `wanted` steps: 0, 20, 40, 60. What is
 * drawn is counted (requests, tokens, milliseconds): half of one would be a mark of nothing.
 */
export function ticks(highest: number, wanted = 3): number[] {
  if (!(highest > 0)) return [0, 1];
  const step = roundStep(Math.max(1, highest / wanted));
  const steps = Math.ceil(highest / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => index * step);
}

/** The next larger number of one digit, or of 25 before noughts. */
function roundStep(raw: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const digits = magnitude >= 10 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10];
  return (digits.find((each) => each * magnitude >= raw) ?? 10) * magnitude;
}

export interface Bar {
  series: number;
  day: number;
  y: number;
  height: number;
}

/** Bars of each day on top of each other, the first series lowest. `top` is worth `height`. */
export function stacked(
  series: readonly (readonly number[])[],
  top: number,
  height: number,
): Bar[] {
  const days = Math.max(0, ...series.map((values) => values.length));
  const bars: Bar[] = [];
  for (let day = 0; day < days; day++) {
    let below = 0;
    series.forEach((values, index) => {
      const value = values[day] ?? 0;
      if (value <= 0) return;
      const bottom = height - (below / top) * height;
      below += value;
      const y = height - (below / top) * height;
      bars.push({ series: index, day, y, height: bottom - y });
    });
  }
  return bars;
}

export interface Point {
  day: number;
  x: number;
  y: number;
}

/** Runs of days that have a value: a line is broken where there is none. */
export function runs(
  values: readonly (number | null)[],
  top: number,
  width: number,
  height: number,
): Point[][] {
  const step = width / Math.max(1, values.length);
  const found: Point[][] = [];
  let current: Point[] = [];
  values.forEach((value, day) => {
    if (value === null) {
      if (current.length > 0) found.push(current);
      current = [];
      return;
    }
    current.push({ day, x: (day + 0.5) * step, y: height - (value / top) * height });
  });
  if (current.length > 0) found.push(current);
  return found;
}

export function pathOf(points: readonly Point[]): string {
  return points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
}

/** What lies between a run and the foot of the chart. */
export function areaOf(points: readonly Point[], height: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return '';
  return `${pathOf(points)}L${last.x.toFixed(1)} ${height}L${first.x.toFixed(1)} ${height}Z`;
}

/** Which days get a label under the axis: evenly spaced, the last one always. */
export function labelledDays(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / most));
  const days: number[] = [];
  for (let day = count - 1; day >= 0; day -= step) days.unshift(day);
  return days;
}

/** The value below which `share` of the values lie (nearest rank); null for none. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
