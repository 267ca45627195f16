/** For `{@attach}` on what shows a message: marks the words of a search in it, once it is the one. */
import { placesOf } from '$lib/found-words';
import { found } from '$lib/state/found.svelte';

/** The name of the marks in app.css. */
const MARKS = 'found';

export function foundWords(isFound: boolean) {
  return (node: HTMLElement): (() => void) | undefined => {
    const { words } = found;
    // A browser without highlights still has the message itself marked.
    if (!isFound || words.length === 0 || !globalThis.CSS?.highlights) return undefined;
    CSS.highlights.set(MARKS, new Highlight(...rangesIn(node, words)));
    return () => void CSS.highlights.delete(MARKS);
  };
}

/** Ranges change nothing in the document, which belongs to the components. */
function* rangesIn(node: HTMLElement, words: readonly string[]): Generator<Range> {
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode as Text;
    for (const { start, end } of placesOf(text.data, words)) {
      const range = new Range();
      range.setStart(text, start);
      range.setEnd(text, end);
      yield range;
    }
  }
}
