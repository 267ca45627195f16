import { expect, it } from 'vitest';
import { linesOfStopTexts, stopTextsOf } from './stop-texts';

it.each([[['\n\n']], [['END', '</s>']], [['C:\\new', '\\', '\\\\n', 'a\tb']], [[' padded ']]])(
  'gives back %j',
  (texts) => {
    expect(linesOfStopTexts(texts).split('\n')).toHaveLength(texts.length);
    expect(stopTextsOf(linesOfStopTexts(texts))).toEqual(texts);
  },
);

it('passes over empty lines, and leaves alone what is no escape', () => {
  expect(stopTextsOf('one\n\n\\d\n')).toEqual(['one', '\\d']);
});
