/** The keys that work everywhere: which one was pressed, and how they are written. Pure. */

export interface Keys {
  /** As KeyboardEvent.key has it, small. */
  key: string;
  /** Command on a Mac, Ctrl elsewhere. */
  mod?: boolean;
  shift?: boolean;
}

export const SHORTCUTS = {
  palette: { key: 'k', mod: true },
  newChat: { key: 'o', mod: true, shift: true },
  search: { key: 'f', mod: true, shift: true },
  model: { key: 'm', mod: true, shift: true },
  sheet: { key: '/', mod: true },
} as const satisfies Record<string, Keys>;

/** Not everywhere: only in a chat that is too long for the browser's own search, which sees only what
 * is drawn. */
export const FIND: Keys = { key: 'f', mod: true };

export type Shortcut = keyof typeof SHORTCUTS;

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** The shortcut that an event is; null for any other. `typing`: it goes into a field. */
export function shortcutOf(event: Pressed, isMac: boolean, typing: boolean): Shortcut | null {
  if (event.altKey) return null;
  if (event.key === '?' && !typing && !event.ctrlKey && !event.metaKey) return 'sheet';
  const names = Object.keys(SHORTCUTS) as Shortcut[];
  return names.find((name) => matches(event, SHORTCUTS[name], isMac)) ?? null;
}

/** Whether these keys were pressed, and none beside them. */
export function isPressed(event: Pressed, keys: Keys, isMac: boolean): boolean {
  return !event.altKey && matches(event, keys, isMac);
}

function matches(event: Pressed, keys: Keys, isMac: boolean): boolean {
  const [mod, other] = isMac ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  return (
    event.key.toLowerCase() === keys.key &&
    mod === Boolean(keys.mod) &&
    !other &&
    event.shiftKey === Boolean(keys.shift)
  );
}

/** The names of the keys to be pressed together, as the machine's own keyboard has them. */
export function spelled({ key, mod, shift }: Keys, isMac: boolean): string[] {
  const names: string[] = [];
  if (mod) names.push(isMac ? '⌘' : 'Ctrl');
  if (shift) names.push(isMac ? '⇧' : 'Shift');
  return [...names, key.length === 1 ? key.toUpperCase() : key];
}

/** For `aria-keyshortcuts`. */
export function announced({ key, mod, shift }: Keys, isMac: boolean): string {
  const names = [mod && (isMac ? 'Meta' : 'Control'), shift && 'Shift', key.toUpperCase()];
  return names.filter(Boolean).join('+');
}
