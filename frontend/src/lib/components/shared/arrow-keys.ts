/** Marks what the arrow keys go to: `data-row` on links and buttons of a list. */
const ROWS = '[data-row]';

/** For `{@attach}` on a list, or on a field and the list below it: up, down, Home and End move the
 * focus among its rows, and down leads from the field to the first. */
export function arrowKeys(box: HTMLElement): () => void {
  const onkeydown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.target as HTMLElement;
    const rows = [...box.querySelectorAll<HTMLElement>(ROWS)];
    const here = rows.indexOf(target);
    if (here < 0 && !(target instanceof HTMLInputElement && event.key === 'ArrowDown')) return;
    const next = rows[placeAfter(event.key, here, rows.length)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  box.addEventListener('keydown', onkeydown);
  return () => box.removeEventListener('keydown', onkeydown);
}

/** The place a key leads to from `here` of `count`; -1 where it leads nowhere. */
export function placeAfter(key: string, here: number, count: number): number {
  if (key === 'ArrowDown') return Math.min(here + 1, count - 1);
  if (key === 'ArrowUp') return Math.max(here - 1, 0);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return -1;
}
