/** Texts that end a reply, one a line; a line break within one is written \n, a backslash \\. Pure. */
export function stopTextsOf(lines: string): string[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line.replace(/\\(.)/g, (pair, letter: string) => {
        if (letter === 'n') return '\n';
        if (letter === 't') return '\t';
        return letter === '\\' ? '\\' : pair;
      }),
    );
}

export function linesOfStopTexts(texts: readonly string[]): string {
  return texts
    .map((text) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t'))
    .join('\n');
}
