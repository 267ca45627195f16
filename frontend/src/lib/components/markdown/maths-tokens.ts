/**
 * Formulas for the Markdown reader: `$…$`, `\(…\)` in a line, `$$…$$`, `\[…\]` by themselves. Money is
 * no formula: a dollar that opens one has no space after it, one that closes it has none before it
 * and no digit after it (pandoc's rule, https://pandoc.org/MANUAL.html#extension-tex_math_dollars).
 */
import type { TokenizerAndRendererExtension, Tokens } from 'marked';

export interface Maths extends Tokens.Generic {
  type: 'maths';
  raw: string;
  text: string;
  display: boolean;
}

/** A formula by itself ends with its paragraph: text that still grows cannot swallow what follows. */
const BLOCK =
  /^ {0,3}(?:\$\$((?:(?!\n\s*\n)[^])+?)\$\$|\\\[((?:(?!\n\s*\n)[^])+?)\\\])[ \t]*(?:\n+|$)/;
const IN_LINE =
  /^(?:\$\$([^\n]+?)\$\$|\\\[([^\n]+?)\\\]|\\\(([^\n]+?)\\\)|\$(?!\s)((?:\\.|[^\\$\n])+?)(?<!\s)\$(?!\d))/;

export const mathsBlock: TokenizerAndRendererExtension = {
  name: 'mathsBlock',
  level: 'block',
  start: (source) => source.match(/\n {0,3}(?:\$\$|\\\[)/)?.index,
  tokenizer(source) {
    const found = BLOCK.exec(source);
    return found ? token(found[0], found[1] ?? found[2] ?? '', true) : undefined;
  },
};

export const mathsInLine: TokenizerAndRendererExtension = {
  name: 'maths',
  level: 'inline',
  start: (source) => source.match(/\$|\\[([]/)?.index,
  tokenizer(source) {
    const found = IN_LINE.exec(source);
    if (!found) return undefined;
    const display = found[1] ?? found[2];
    return token(found[0], display ?? found[3] ?? found[4] ?? '', display !== undefined);
  },
};

function token(raw: string, text: string, display: boolean): Maths {
  return { type: 'maths', raw, text: text.trim(), display };
}
