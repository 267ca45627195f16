import { lexer } from 'marked';
import { describe, expect, it } from 'vitest';
import { decodeEntities, GrowingMarkdown, safeHref } from './parse';

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
    for (let end = 0; end <= TEXT.length; end++) {
      const prefix = TEXT.slice(0, end);
      expect(blocks(growing.parse(prefix)), `at ${end}`).toEqual(blocks(lexer(prefix)));
    }
  });

  it('starts anew when the text is another one', () => {
    const growing = new GrowingMarkdown();
    growing.parse(TEXT);
    expect(blocks(growing.parse('other'))).toEqual(['other']);
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
