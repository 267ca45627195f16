/**
 * Markdown to a tree of tokens. Nothing here or above it ever makes HTML: the tokens are drawn by
 * components, so raw HTML in a reply is shown as the text it is and no image is ever fetched.
 */
import { Marked, type Token, type TokensList } from 'marked';
import { mathsBlock, mathsInLine } from './maths-tokens';

const marked = new Marked({ extensions: [mathsBlock, mathsInLine] });

/** The blocks of a whole text. */
export function blocksOf(text: string): TokensList {
  return marked.lexer(text);
}

/** How many blocks at the end may still change shape as text is added (a list joins over a gap). */
const OPEN_BLOCKS = 3;

/** Parses a text that grows at its end, and reads only its last blocks anew. */
export class GrowingMarkdown {
  #source = '';
  #settled: Token[] = [];
  #settledLength = 0;

  parse(text: string): Token[] {
    if (!text.startsWith(this.#source)) {
      this.#settled = [];
      this.#settledLength = 0;
    }
    this.#source = text;
    const open = blocksOf(text.slice(this.#settledLength));
    const tokens = [...this.#settled, ...open];
    this.#settle(open);
    return tokens;
  }

  #settle(open: Token[]): void {
    const finished = open.slice(0, Math.max(0, open.length - OPEN_BLOCKS));
    for (const token of finished) {
      this.#settled.push(token);
      this.#settledLength += token.raw.length;
    }
  }
}

/** Whether a code block has its last fence: until then, more of it may come. */
export function isClosed(raw: string): boolean {
  const [, fence] = /^ {0,3}(`{3,}|~{3,})/.exec(raw) ?? [];
  if (!fence) return true;
  const last = raw.trimEnd().split('\n').slice(1).at(-1)?.trim() ?? '';
  return last.length >= fence.length && last === fence.charAt(0).repeat(last.length);
}

/** The address a link may lead to: http and https only, null for anything else. */
export function safeHref(href: string): string | null {
  try {
    const url = new URL(href);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': '\u00a0',
};

/** The characters behind the entities that stand in a text token; others stay as written. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|nbsp|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}
