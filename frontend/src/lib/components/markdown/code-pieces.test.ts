import { describe, expect, it } from 'vitest';
import { colouredStart } from './code-pieces';
import { highlight } from './highlight';

const textOf = (pieces: { text: string }[] | null) => pieces?.map(({ text }) => text).join('');

describe('coloured code', () => {
  it.each([
    ['python', 'def f(x):\n    """doc"""\n    return x + 1  # why\n'],
    ['ts', 'const a: string = `x${1}`;'],
    ['html', '<script>alert("</script>")</script><b onclick="x">'],
    ['json', '{"a": [1, true, null]}'],
  ])('in %s says what it said before', (language, code) => {
    expect(textOf(highlight(code, language))).toBe(code);
  });

  it('tells words, names, texts, numbers and notes apart', () => {
    const kinds = new Map(
      highlight('def f():\n  return "x" + str(1) # why', 'python')?.map((piece) => [
        piece.text.trim(),
        piece.kind,
      ]),
    );
    expect(kinds.get('def')).toBe('word');
    expect(kinds.get('f')).toBe('name');
    expect(kinds.get('"x"')).toBe('text');
    expect(kinds.get('1')).toBe('number');
    expect(kinds.get('# why')).toBe('note');
  });

  it('is left alone in a language that is not known, and when it is very long', () => {
    expect(highlight('x', 'klingon')).toBeNull();
    expect(highlight('x '.repeat(30_000), 'python')).toBeNull();
  });
});

it('colours stay on the start of a code that grows, and go with another code', () => {
  const coloured = { code: 'ab', language: 'c', pieces: [{ text: 'ab', kind: 'word' as const }] };
  expect(colouredStart(coloured, 'abc', 'c')).toBe(coloured.pieces);
  expect(colouredStart(coloured, 'xb', 'c')).toEqual([]);
  expect(colouredStart(coloured, 'abc', 'd')).toEqual([]);
  expect(colouredStart(null, 'abc', 'c')).toEqual([]);
});
