import { expect, it } from 'vitest';
import { namesIn } from './typed-names';

it('reads names, each once', () => {
  expect(namesIn(' a\nb,a\n\n')).toEqual(['a', 'b']);
});
