import { describe, expect, it } from 'vitest';
import { find, type Entry } from './palette';

const entry = (label: string, group: string, note?: string): Entry => ({
  id: label,
  group,
  label,
  note,
  icon: 'chat',
  run: () => undefined,
});

const ENTRIES = [
  entry('New chat', 'Actions'),
  entry('New folder', 'Actions'),
  entry('Chat', 'Pages'),
  entry('Models', 'Pages'),
  entry('Plan (draft) c++', 'Conversations', 'yesterday'),
  entry('org/Qwen-4bit', 'Models', 'Loaded'),
];

const labels = (typed: string, most?: number) =>
  find(ENTRIES, typed, most).map((group) => [group.label, group.entries.map(({ label }) => label)]);

describe('the palette', () => {
  it('shows everything in its order while nothing is typed', () => {
    expect(labels(' ').map(([group]) => group)).toEqual([
      'Actions',
      'Pages',
      'Conversations',
      'Models',
    ]);
  });

  it.each([
    // The beginning of a label goes before a later word.
    [
      'chat',
      [
        ['Pages', ['Chat']],
        ['Actions', ['New chat']],
      ],
    ],
    ['new f', [['Actions', ['New folder']]]],
    ['qwen', [['Models', ['org/Qwen-4bit']]]],
    ['LOADED', [['Models', ['org/Qwen-4bit']]]],
    ['(draft) c++', [['Conversations', ['Plan (draft) c++']]]],
    ['plan yesterday', [['Conversations', ['Plan (draft) c++']]]],
    ['no such thing', []],
  ])('%j finds %j', (typed, found) => {
    expect(labels(typed)).toEqual(found);
  });

  it('keeps groups short', () => {
    expect(labels('', 1)[0]).toEqual(['Actions', ['New chat']]);
  });
});
