import { describe, expect, it } from 'vitest';
import {
  byteRate,
  count,
  dayName,
  duration,
  modelName,
  percent,
  prettyJson,
  rate,
  relativeTime,
  share,
  shortCount,
  size,
  timeSpan,
  timeUntil,
} from './format';

const NOW = Date.parse('2026-03-04T12:00:00Z');
const ago = (milliseconds: number) => new Date(NOW - milliseconds).toISOString();

describe('format', () => {
  it('writes sizes, counts, rates and durations', () => {
    expect(size(3_412_000_000)).toBe('3.4 GB');
    expect(size(27_300_000)).toBe('27 MB');
    expect([size(100_000_000), size(150_000_000)]).toEqual(['100 MB', '150 MB']);
    expect(size(0)).toBe('0.0 GB');
    expect(count(1234567)).toBe('1\u202f234\u202f567');
    expect(count(999)).toBe('999');
    expect(rate(38.14)).toBe('38.1');
    expect(rate(1206.4)).toBe('1\u202f206');
    expect(duration(212.4)).toBe('212 ms');
    expect(duration(1440)).toBe('1.4 s');
  });

  it('writes how fast, how long still, how far and how many', () => {
    expect([byteRate(512_400), byteRate(35_210_000), byteRate(112_900_000)]).toEqual([
      '512 kB/s',
      '35.2 MB/s',
      '113 MB/s',
    ]);
    expect([0.2, 59, 61, 3600, 4800].map(timeSpan)).toEqual([
      '1 s',
      '59 s',
      '1 min',
      '1 h',
      '1 h 20 min',
    ]);
    expect(percent(0.9999)).toBe('99 %');
    expect([980, 12_345, 3_400_000].map(shortCount)).toEqual(['980', '12.3k', '3.4M']);
  });

  it.each([
    [0, 'now'],
    [-5000, 'now'],
    [5 * 60_000, '5m ago'],
    [3 * 3_600_000, '3h ago'],
    [26 * 3_600_000, 'yesterday'],
    [40 * 86_400_000, 'Jan 23'],
    [400 * 86_400_000, 'Jan 28, 2025'],
  ])('tells %d ms ago as %s', (age, text) => {
    expect(relativeTime(ago(age), NOW)).toBe(text);
  });

  it.each([
    [90 * 60_000, 'in 2h'],
    [5 * 60_000, 'in 5m'],
    [30 * 86_400_000, 'in 30d'],
    [-5, 'this minute'],
  ])('tells %d ms ahead as %s', (ahead, text) => {
    expect(timeUntil(ago(-ahead), NOW)).toBe(text);
  });

  it('names a day of UTC, and rounds a share without hiding a small one', () => {
    expect(dayName('2026-03-01')).toBe('Mar 1');
    expect([0, 0.004, 0.126, 1].map(share)).toEqual(['0 %', '<1 %', '13 %', '100 %']);
  });

  it('lays JSON out, and leaves what is not JSON alone', () => {
    expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(prettyJson('{"a":')).toBe('{"a":');
  });

  it('calls a model by the last part of its id', () => {
    expect(modelName('mlx-manager/guide')).toBe('guide');
    expect(modelName('plain')).toBe('plain');
  });
});
