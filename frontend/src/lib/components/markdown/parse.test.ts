import type { Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { blocksOf, decodeEntities, GrowingMarkdown, isClosed, safeHref } from './parse';

const TEXT = `# Title

A *first* paragraph with \`code\`.

- one
- two

- three after a gap

1. a
2. b

\`\`\`python
print("- not a list")

# nor a heading
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

> quote
> goes on

The sum is
$$
\\sum_i x_i
$$
where \\(x\\) is $y^2$, for $5.

\\[ a + b \\]

Setext
======

Last words, and <b>raw</b>.
`;

/** Blocks without what only tells where they stood. */
function blocks(tokens: { type: string; raw: string }[]): string[] {
  return tokens.filter((token) => token.type !== 'space').map((token) => token.raw.trimEnd());
}

describe('growing Markdown', () => {
  it('reads every prefix as if it were read whole', () => {
    const growing = new GrowingMarkdown();
    const different: string[] = [];
    for (let end = 0; end <= TEXT.length; end++) {
      const prefix = TEXT.slice(0, end);
      const grown = JSON.stringify(blocks(growing.parse(prefix)));
      if (grown !== JSON.stringify(blocks(blocksOf(prefix)))) different.push(prefix);
    }
    expect(different).toEqual([]);
  });

  it('starts anew when the text is another one', () => {
    const growing = new GrowingMarkdown();
    growing.parse(TEXT);
    expect(blocks(growing.parse('other'))).toEqual(['other']);
  });
});

describe('formulas', () => {
  interface Walked {
    type: string;
    text?: string;
    display?: boolean;
    tokens?: Walked[];
  }

  const formulas = (tokens: Walked[]): string[] =>
    tokens.flatMap(({ type, text, display, tokens: inner }) =>
      type === 'maths' ? [`${display ? 'block' : 'line'} ${text}`] : formulas(inner ?? []),
    );
  const found = (text: string) => formulas(blocksOf(text) as unknown as Walked[]);

  it.each([
    ['$x^2$', 'line x^2'],
    ['so $a\\$b$ holds', 'line a\\$b'],
    ['\\(x\\)', 'line x'],
    ['$$x$$', 'block x'],
    ['in $$x$$ a line', 'block x'],
    ['\\[\nx\n\\]', 'block x'],
    ['a\n$$\nx\ny\n$$\nb', 'block x\ny'],
    ['**so $x$**', 'line x'],
  ])('%j is one', (text, formula) => {
    expect(found(text)).toEqual([formula]);
  });

  it.each([
    'It costs $5 and $10.',
    '$5-$10',
    'US$5/US$6',
    '$PATH and $HOME',
    '`$x$`',
    '```\n$$x$$\n```',
    '$$\nx\n\ny\n$$',
    '\\$x$',
  ])('%j has none', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('links', () => {
  it.each(['http://example.org/', 'https://example.org/a?b=c#d'])('%s may be followed', (href) => {
    expect(safeHref(href)).toBe(href);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:http://localhost/1',
    '//evil.test',
    '/relative',
    '',
  ])('%j may not', (href) => {
    expect(safeHref(href)).toBeNull();
  });
});

it('decodes entities once, so that none can hide markup', () => {
  expect(decodeEntities('&lt;b&gt; &amp;lt; &quot; &#39;')).toBe('<b> &lt; " \'');
});

it.each([
  ['```mermaid\ngraph TD\n```', true],
  ['```mermaid\ngraph TD\n```  \n\n', true],
  ['```mermaid\ngraph TD\n````', true],
  ['~~~~mermaid\ngraph TD\n```\n~~~~', true],
  ['    indented code', true],
  ['```mermaid', false],
  ['```mermaid\n', false],
  ['```mermaid\ngraph TD\n', false],
  ['```mermaid\ngraph TD\n``', false],
  ['````mermaid\n```\nx\n```', false],
  ['~~~mermaid\nx\n```', false],
])('%j is closed: %s', (raw, closed) => {
  expect(isClosed(raw)).toBe(closed);
});

it('a diagram in a reply is closed with the reply’s own words, wherever it stands', () => {
  const inList = '- a\n\n  ```mermaid\n  graph TD\n  ```\n\nafter';
  const [list] = blocksOf(inList);
  const code = (list as Tokens.List).items[0]?.tokens.find(({ type }) => type === 'code');
  expect(isClosed(code?.raw ?? '```')).toBe(true);
  const [open] = blocksOf('```mermaid\ngraph TD\n  A -->');
  expect(isClosed(open?.raw ?? '')).toBe(false);
});
