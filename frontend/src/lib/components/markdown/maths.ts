/**
 * Draws formulas as MathML, which browsers set by themselves. Loaded when the first formula appears.
 * Nodes are made one by one and never from markup; what TeX could fetch, link or style is refused.
 */
import temml from 'temml';
import 'temml/dist/Temml-Local.css';

/** Far beyond any formula that is read, and short enough to be set at once. */
const LONGEST = 4000;
const REFUSED = { trust: false, strict: false, throwOnError: true, maxExpand: 200 } as const;

/** Puts the formula into `node`; false, with nothing changed, where it cannot be read. */
export function draw(tex: string, node: HTMLElement, displayMode: boolean): boolean {
  if (tex.length > LONGEST) return false;
  const made = document.createElement('span');
  try {
    temml.render(tex, made, { ...REFUSED, displayMode, maxSize: [25, 25] });
  } catch {
    return false;
  }
  node.replaceChildren(...made.childNodes);
  return true;
}
