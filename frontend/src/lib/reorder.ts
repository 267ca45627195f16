/** A list whose order a person changes. Pure. */

/** The list with one item at another place; the same items where there is nothing to move. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const inside = (place: number) => place >= 0 && place < items.length;
  if (!inside(from) || !inside(to)) return [...items];
  const rest = items.filter((_, place) => place !== from);
  rest.splice(to, 0, items[from] as Item);
  return rest;
}

/** Where an item would land: `boxes` are the items' vertical extents, `y` is the pointer. */
export function landing(
  boxes: readonly { top: number; bottom: number }[],
  from: number,
  y: number,
): number {
  const others = boxes.filter((_, place) => place !== from);
  return others.filter(({ top, bottom }) => y > (top + bottom) / 2).length;
}
