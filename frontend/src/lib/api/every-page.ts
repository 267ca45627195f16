/** A list that is short enough to be wanted whole, read page by page. */
export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export async function everyPage<Item>(
  ask: (cursor: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
