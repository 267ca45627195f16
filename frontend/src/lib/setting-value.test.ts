import { describe, expect, it } from 'vitest';
import { kindOf, parseValue, textOf } from './setting-value';
import { aSetting } from './testing/accounts';

describe("a setting's field", () => {
  it('is chosen by the value', () => {
    expect(kindOf(aSetting())).toBe('number');
    expect(kindOf(aSetting({ value: false }))).toBe('switch');
    expect(kindOf(aSetting({ name: 'log_level', value: 'INFO' }))).toBe('level');
    expect(kindOf(aSetting({ name: 'new_one', value: 'x' }))).toBe('text');
  });

  it.each([
    ['number', ' 12 ', 12],
    ['number', '1.5', 1.5],
    ['number', '10\u2009000', 10_000],
    ['number', '', undefined],
    ['number', '1e3', undefined],
    ['switch', 'true', true],
    ['switch', 'false', false],
    ['text', '', undefined],
    ['level', 'DEBUG', 'DEBUG'],
  ] as const)('%s reads "%s"', (kind, text, expected) => {
    expect(parseValue(kind, text)).toBe(expected);
  });

  it('shows nothing for no value', () => {
    expect(textOf(null)).toBe('');
    expect(textOf(0)).toBe('0');
  });
});
