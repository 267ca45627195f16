import { describe, expect, it } from 'vitest';
import { chatsIn, fileName, formatOf, splitMarkdown } from './chat-file';

const one = (title: string) =>
  `<!-- mlx-manager:chat {"title": "${title}", "model": "m", "folder": "Work"} -->\n\n# ${title}\n\n` +
  '<!-- mlx-manager:message {"role": "user"} -->\n\n## You\n\nHi\n\n\\<!-- mlx-manager:chat {} -->\n';

describe('the name of a file', () => {
  it.each([
    ['What is MLX?', 'What is MLX.md'],
    ['a/b\\c:d', 'a b c d.md'],
    ['..', 'New chat.md'],
    ['x'.repeat(80), `${'x'.repeat(60)}.md`],
    ['Zeile\nzwei', 'Zeile zwei.md'],
  ])('%j becomes %j', (title, name) => {
    expect(fileName(title, 'markdown')).toBe(name);
  });

  it('tells the format', () => {
    expect(['a.md', 'a.MARKDOWN', 'chats.json', 'noname'].map(formatOf)).toEqual([
      'markdown',
      'markdown',
      'json',
      'json',
    ]);
  });
});

describe('a file of Markdown', () => {
  it('comes apart where a chat begins, and not where a text says so', () => {
    const file = `${one('First')}\n${one('Second')}`;
    expect(splitMarkdown(file).map((part) => chatsIn(part, 'markdown'))).toEqual([
      [{ title: 'First', folder: 'Work', messages: 1 }],
      [{ title: 'Second', folder: 'Work', messages: 1 }],
    ]);
    expect(splitMarkdown(file).join('')).toBe(file);
  });

  it('stays whole when no chat is in it', () => {
    expect(splitMarkdown('# Notes')).toEqual(['# Notes']);
    expect(chatsIn('# Notes', 'markdown')).toEqual([]);
  });
});

describe('a file of JSON', () => {
  it('tells its chats', () => {
    const chats = [
      { title: 'One', messages: [{}, {}] },
      { title: 'Two', folder: 'Work' },
    ];
    expect(chatsIn(JSON.stringify({ conversations: chats }), 'json')).toEqual([
      { title: 'One', folder: null, messages: 2 },
      { title: 'Two', folder: 'Work', messages: 0 },
    ]);
  });

  it.each(['', 'null', '{"conversations": 3}', '[]'])('tells nothing of %j', (text) => {
    expect(chatsIn(text, 'json')).toEqual([]);
  });
});
