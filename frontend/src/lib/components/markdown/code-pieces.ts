/** Code as it is drawn: pieces of text of a few kinds, and what follows them uncoloured as yet. Pure. */
export type CodeKind = 'word' | 'text' | 'number' | 'note' | 'name' | 'gone';

export interface Piece {
  text: string;
  kind: CodeKind | null;
}

/** Highlighted code, and the code it was made of. */
export interface Coloured {
  code: string;
  language: string;
  pieces: Piece[];
}

/** highlight.js's scopes by kind (https://highlightjs.readthedocs.io/en/latest/css-classes-reference.html). */
export const CODE_KINDS: Readonly<Record<string, CodeKind>> = {
  keyword: 'word',
  'selector-tag': 'word',
  tag: 'word',
  literal: 'number',
  number: 'number',
  symbol: 'number',
  string: 'text',
  regexp: 'text',
  addition: 'text',
  quote: 'note',
  comment: 'note',
  meta: 'note',
  title: 'name',
  section: 'name',
  name: 'name',
  attr: 'name',
  attribute: 'name',
  type: 'name',
  built_in: 'name',
  'selector-class': 'name',
  'selector-id': 'name',
  deletion: 'gone',
};

/** The coloured start of a code that has grown since; nothing where it is another one. */
export function colouredStart(
  coloured: Coloured | null,
  code: string,
  language: string,
): readonly Piece[] {
  const same = coloured?.language === language && code.startsWith(coloured.code);
  return same ? coloured.pieces : [];
}
