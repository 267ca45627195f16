/** Without capitals and accents, as FTS5's unicode61 reads words: what a search compares. Pure. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
