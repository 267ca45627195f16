import { expect, it } from 'vitest';
import { logTone } from './log-line';

it.each([
  ['2026-01-02 03:04:05,678 ERROR   Not started: no memory', 'bad'],
  ['2026-01-02 03:04:05,678 WARNING req POST /v1/chat/completions 404', 'warn'],
  ['2026-01-02 03:04:05,678 INFO    ERROR was said by nobody', 'plain'],
  ['CRITICAL no time at all', 'bad'],
  ['Traceback (most recent call last):', 'plain'],
  ['', 'plain'],
])('reads the level of %j', (line, tone) => {
  expect(logTone(line)).toBe(tone);
});
