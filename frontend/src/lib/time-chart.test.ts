import { describe, expect, it } from 'vitest';
import { held, nearest, stackedAreas, unbroken, xOf, yOf, type TimePoint } from './time-chart';

const FRAME = { from: 0, to: 100, top: 10, width: 200, height: 50 };
const point = (at: number, ...values: number[]): TimePoint => ({ at, values });

describe('a chart over time', () => {
  it('has its edges where the frame says', () => {
    expect([xOf(0, FRAME), xOf(50, FRAME), xOf(100, FRAME)]).toEqual([0, 100, 200]);
    expect([yOf(0, FRAME), yOf(5, FRAME), yOf(10, FRAME)]).toEqual([50, 25, 0]);
    // A frame of no time at all divides by nothing.
    expect(xOf(0, { ...FRAME, to: 0 })).toBe(0);
  });

  it('puts each series on those before it', () => {
    const areas = stackedAreas([point(0, 2, 4), point(100, 4, 6)], FRAME);
    expect(areas).toEqual([
      'M0.0 40.0L200.0 30.0L200.0 50.0L0.0 50.0Z',
      'M0.0 20.0L200.0 0.0L200.0 30.0L0.0 40.0Z',
    ]);
    expect(stackedAreas([], FRAME)).toEqual([]);
  });

  it('is broken where nothing was seen for long', () => {
    const points = [point(0, 1), point(5, 1), point(9, 1), point(60, 1), point(65, 1)];
    const parts = unbroken(points, 5).map((part) => part.map(({ at }) => at));
    expect(parts).toEqual([
      [0, 5, 9],
      [60, 65],
    ]);
    expect(unbroken([], 5)).toEqual([]);
  });

  it('finds what is nearest to the pointer, and what that holds', () => {
    const points = [point(0, 1, 2), point(10, 3, 4), point(20, 5, 6)];
    expect([nearest(points, -5), nearest(points, 14), nearest(points, 16)]).toEqual([0, 1, 2]);
    expect(nearest([], 3)).toBeNull();
    expect([held(points[1]!), held(points[1]!, 1), held(points[1]!, 0)]).toEqual([7, 3, 0]);
  });
});
