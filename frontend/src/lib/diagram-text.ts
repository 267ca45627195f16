/**
 * A diagram's text as a reply wrote it, made fit to be drawn. Pure.
 *
 * Mermaid lets a text change its settings, load pictures and carry styles of its own
 * (https://mermaid.js.org/config/directives.html). Settings are left out, and what reaches for
 * something elsewhere is not drawn. This is the first wall; the frame that draws is the second, and
 * an image can do nothing at all (see components/markdown/diagram-frame.ts).
 */
import { drawings as words } from './strings/drawings';

/** Longer ones take seconds to lay out. */
const LONGEST = 20_000;

export interface DiagramText {
  text: string;
  /** How many lines of what was written come before the first that is drawn. */
  linesBefore: number;
  title: string | null;
  /** It brings colours of its own, which are chosen for a light page. */
  hasColours: boolean;
}

export type ReadDiagram =
  { diagram: DiagramText; problem: null } | { diagram: null; problem: string };

const SETTINGS_BLOCK = /^\s*---[^\S\n]*\n[\s\S]*?\n[^\S\n]*---[^\S\n]*(?=\n|$)/;
const DIRECTIVE = /%%\{[\s\S]*?(?:\}%%|$)/g;
const COMMENT = /^[^\S\n]*%%.*$/gm;
/** What would be read as markup, between what only looks like it: `<<interface>>`, `<br/>`. */
const MARKUP = /<<\w+>>|<br\s*\/?>|<(?=[a-z/!?])/gi;
const REACHES_OUT = /url\s*\(|@import|image-set\s*\(/i;
/** A node that is a picture names it in braces: `A@{ img: "..." }`. */
const PICTURE = /\bimg\b/i;
const COLOURS = /\b(?:fill|background(?:-color)?)\s*:|^\s*rect\s+rgba?\(/im;

export function readDiagram(written: string): ReadDiagram {
  if (written.length > LONGEST) return refused(words.tooLong);
  let text = written
    .replace(/\r\n?/g, '\n')
    // An image's text cannot hold them.
    .replace(/[^\P{Cc}\t\n]|[\ufffe\uffff]|\p{Cs}/gu, '');
  const title = titleOf(SETTINGS_BLOCK.exec(text)?.[0] ?? '');
  while (SETTINGS_BLOCK.test(text)) text = text.replace(SETTINGS_BLOCK, blanked);
  // Blanks and not nothing: what stood on both sides must not become another directive.
  text = text.replace(DIRECTIVE, blanked).replace(COMMENT, '');
  text = text.replace(MARKUP, (found) => (found === '<' ? '‹' : found));
  if (!text.trim()) return refused(words.empty);
  const plain = unescaped(text);
  if (REACHES_OUT.test(plain) || (plain.includes('@{') && PICTURE.test(plain)))
    return refused(words.reachesOut);
  const linesBefore = (/^\s*\n/.exec(text)?.[0] ?? '').split('\n').length - 1;
  const hasColours = COLOURS.test(text);
  return {
    diagram: { text: text.trimStart(), linesBefore, title, hasColours },
    problem: null,
  };
}

/** What mermaid says of a text that it cannot read, as one line for a person. */
export function misreading(said: string, linesBefore: number): string {
  const line = /(?:parse|lexical) error on line (\d+)/i.exec(said)?.[1];
  if (line) return words.line(Number(line) + linesBefore);
  return /no diagram type detected/i.test(said) ? words.unknownKind : words.failed;
}

function refused(problem: string): ReadDiagram {
  return { diagram: null, problem };
}

/** Lines keep their numbers. */
function blanked(piece: string): string {
  return piece.replace(/[^\n]/g, ' ');
}

function titleOf(settings: string): string | null {
  const value = /^\s*title\s*:\s*(.+)$/m.exec(settings)?.[1]?.trim();
  return value?.replace(/^(["'])(.*)\1$/, '$2') || null;
}

/** Without the escapes by which CSS and YAML may spell a word otherwise. */
function unescaped(text: string): string {
  return text
    .replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([0-9a-f]{1,6})\s?)/gi, (all, x, u, css) => {
      const point = parseInt(x ?? u ?? css, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    })
    .replace(/\\/g, '');
}
