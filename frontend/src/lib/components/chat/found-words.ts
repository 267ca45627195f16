/** For `{@attach}` on what shows a message: marks what was looked for in it. */
import type { Place } from '$lib/found-words';

/** The name of the marks in app.css. */
const MARKS = 'found';
/** What is no word of the message: figures and buttons below it, who says it, what is folded. */
const BESIDE = 'button, footer, .hidden-text, [hidden]';
/** A list that draws only what is near needs this long to settle where it was sent. */
const SETTLE_MS = 250;
const PATIENCE_MS = 1500;

/** `find` tells the places in a text; null where this message is not the one. */
export function foundWords(find: ((text: string) => Place[]) | null) {
  return (node: HTMLElement): (() => void) | undefined => {
    // A browser without highlights still has the message itself marked.
    if (!find || !globalThis.CSS?.highlights) return undefined;
    CSS.highlights.set(MARKS, new Highlight(...rangesIn(node, find)));
    return () => void CSS.highlights.delete(MARKS);
  };
}

/** Brings the first mark into the view of `box` where it is not, once its message is drawn: a long one
 * may have it far from its edge. */
export async function seeMark(box: HTMLElement): Promise<void> {
  const begun = performance.now();
  for (let waited = 0; waited < PATIENCE_MS; waited = performance.now() - begun) {
    await new Promise(requestAnimationFrame);
    const mark = waited < SETTLE_MS ? undefined : CSS.highlights?.get(MARKS)?.values().next().value;
    if (!mark) continue;
    const { top, bottom } = (mark as Range).getBoundingClientRect();
    const view = box.getBoundingClientRect();
    const edge = view.height / 8;
    if (top < view.top + edge || bottom > view.bottom - edge)
      box.scrollTop += top - view.top - view.height / 3;
    return;
  }
}

/** Ranges change nothing in the document, which belongs to the components. */
function* rangesIn(node: HTMLElement, find: (text: string) => Place[]): Generator<Range> {
  const texts = textsIn(node);
  let length = 0;
  // A space stands between two of them: no word goes on in the next line or cell.
  const starts = texts.map(({ data }) => (length += data.length + 1) - data.length - 1);
  for (const { start, end } of find(texts.map(({ data }) => data).join(' '))) {
    const first = starts.findLastIndex((each) => each <= start);
    const last = starts.findLastIndex((each) => each < end);
    const range = new Range();
    range.setStart(texts[first]!, start - starts[first]!);
    range.setEnd(texts[last]!, Math.min(end - starts[last]!, texts[last]!.length));
    yield range;
  }
}

function textsIn(node: HTMLElement): Text[] {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (!text.parentElement?.closest(BESIDE)) texts.push(text);
  }
  return texts;
}
