import { expect, it } from 'vitest';
import type { AuditRow } from '$lib/api/types';
import { placeOf } from './place';

const row = (change: Partial<AuditRow>) =>
  ({ model: 'big/one', place: null, completion_tokens: 0, ...change }) as AuditRow;

it('says where a request was answered, and nothing of those that no model answered', () => {
  expect(placeOf(row({ place: 'Cloud' }))).toBe('Cloud');
  expect(placeOf(row({ completion_tokens: 3 }))).toBe('This machine');
  expect(placeOf(row({ model: null, completion_tokens: 0 }))).toBe('');
  expect(placeOf(row({}))).toBe('');
});
