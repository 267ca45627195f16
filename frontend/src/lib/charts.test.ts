import { describe, expect, it } from 'vitest';
import { areaOf, labelledDays, pathOf, percentile, runs, stacked, ticks } from './charts';

describe('ticks', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [2, [0, 1, 2]],
    [4, [0, 2, 4]],
    [7, [0, 5, 10]],
    [0.4, [0, 1]],
    [55, [0, 20, 40, 60]],
    [60, [0, 20, 40, 60]],
    [1234, [0, 500, 1000, 1500]],
    [8_400_000, [0, 5_000_000, 10_000_000]],
  ])('for %d', (highest, expected) => {
    expect(ticks(highest)).toEqual(expected);
    expect(ticks(highest).at(-1)).toBeGreaterThanOrEqual(highest);
  });

  it('are whole numbers, since what is drawn is counted', () => {
    for (let highest = 1; highest <= 300; highest++) {
      for (const wanted of [1, 2, 3, 5]) {
        const found = ticks(highest, wanted);
        expect(found.filter((value) => !Number.isInteger(value))).toEqual([]);
        expect(found.length).toBeLessThanOrEqual(wanted + 2);
      }
    }
  });
});

describe('stacked bars', () => {
  it('stand on each other and leave out nothing', () => {
    const bars = stacked(
      [
        [2, 0],
        [3, 5],
      ],
      10,
      100,
    );
    expect(bars).toEqual([
      { series: 0, day: 0, y: 80, height: 20 },
      { series: 1, day: 0, y: 50, height: 30 },
      { series: 1, day: 1, y: 50, height: 50 },
    ]);
  });
});

describe('lines', () => {
  it('break where there is no value', () => {
    const found = runs([1, null, 2, 4], 4, 40, 100);
    expect(found.map((run) => run.map((point) => point.day))).toEqual([[0], [2, 3]]);
    expect(pathOf(found[1] ?? [])).toBe('M25.0 50.0L35.0 0.0');
    expect(areaOf(found[1] ?? [], 100)).toBe('M25.0 50.0L35.0 0.0L35.0 100L25.0 100Z');
    expect(areaOf([], 100)).toBe('');
  });
});

describe('labels', () => {
  it('are evenly spaced and end with today', () => {
    expect(labelledDays(30, 6)).toEqual([4, 9, 14, 19, 24, 29]);
    expect(labelledDays(7, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('percentiles', () => {
  it('are values that were there', () => {
    const values = [5, 1, 4, 2, 3];
    expect(percentile(values, 0.5)).toBe(3);
    expect(percentile(values, 0.99)).toBe(5);
    expect(percentile([], 0.5)).toBeNull();
    expect(values).toEqual([5, 1, 4, 2, 3]);
  });
});
