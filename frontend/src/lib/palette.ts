/** What the palette shows for what was typed. Pure. */
import type { IconName } from './components/ui/Icon.svelte';
import { plain } from './plain-text';

export interface Entry {
  id: string;
  group: string;
  label: string;
  /** Said beside the label, and searched with less weight. */
  note?: string;
  icon: IconName;
  run: () => void;
  /** It leads nowhere else: the focus comes back to where it was. */
  stays?: boolean;
}

export interface EntryGroup {
  label: string;
  entries: Entry[];
}

const MOST_IN_GROUP = 8;

/** The entries with everything that was typed, in their groups: the group with the best one first,
 * the best one of a group first. With nothing typed, all in the order they are given. */
export function find(entries: readonly Entry[], typed: string, most = MOST_IN_GROUP): EntryGroup[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const rated = entries
    .map((entry) => ({ entry, score: score(entry, words) }))
    .filter((each) => each.score > 0)
    // A stable sort: equals stay as they were given.
    .sort((one, other) => other.score - one.score);
  const groups = new Map<string, Entry[]>();
  for (const { entry } of rated) {
    const group = groups.get(entry.group) ?? [];
    if (group.length < most) group.push(entry);
    groups.set(entry.group, group);
  }
  return [...groups].map(([label, found]) => ({ label, entries: found }));
}

/** 0 when one of the words is nowhere. */
function score({ label, note = '' }: Entry, words: readonly string[]): number {
  let sum = 1;
  for (const word of words) {
    const points = Math.max(4 * weight(plain(label), word), weight(plain(note), word));
    if (points === 0) return 0;
    sum += points;
  }
  return sum;
}

/** The beginning of the text, of a word, or a place within one. */
function weight(text: string, word: string): number {
  const place = text.indexOf(word);
  if (place < 0) return 0;
  if (place === 0) return 3;
  return new RegExp(`[^\\p{L}\\p{N}]${escaped(word)}`, 'u').test(text) ? 2 : 1;
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
