import { describe, expect, it } from 'vitest';
import { announced, FIND, isPressed, shortcutOf, SHORTCUTS, spelled } from './shortcuts';

const press = (key: string, held = '') => ({
  key,
  ctrlKey: held.includes('c'),
  metaKey: held.includes('m'),
  shiftKey: held.includes('s'),
  altKey: held.includes('a'),
});

describe('the shortcut of a key', () => {
  it.each([
    ['k', 'c', false, 'palette'],
    ['k', 'm', true, 'palette'],
    ['K', 'cs', false, null],
    ['k', 'm', false, null],
    ['k', 'c', true, null],
    ['k', 'cm', false, null],
    ['k', 'ca', false, null],
    ['k', '', false, null],
    ['O', 'cs', false, 'newChat'],
    ['o', 'c', false, null],
    ['F', 'ms', true, 'search'],
    ['M', 'cs', false, 'model'],
    ['/', 'c', false, 'sheet'],
  ] as const)('%s with %j (Mac: %s) is %s', (key, held, isMac, shortcut) => {
    expect(shortcutOf(press(key, held), isMac, true)).toBe(shortcut);
  });

  it('takes a question mark only where nobody writes', () => {
    expect(shortcutOf(press('?', 's'), false, false)).toBe('sheet');
    expect(shortcutOf(press('?', 's'), false, true)).toBeNull();
  });
});

it('knows the keys that work in one place only', () => {
  expect(isPressed(press('f', 'c'), FIND, false)).toBe(true);
  expect(isPressed(press('f', 'm'), FIND, true)).toBe(true);
  for (const held of ['', 'cs', 'ca', 'm']) {
    expect(isPressed(press('f', held), FIND, false)).toBe(false);
  }
});

it('spells the keys as the machine has them', () => {
  expect(spelled(SHORTCUTS.newChat, false)).toEqual(['Ctrl', 'Shift', 'O']);
  expect(spelled(SHORTCUTS.newChat, true)).toEqual(['⌘', '⇧', 'O']);
  expect(spelled({ key: 'Esc' }, false)).toEqual(['Esc']);
  expect(announced(SHORTCUTS.newChat, false)).toBe('Control+Shift+O');
  expect(announced(SHORTCUTS.palette, true)).toBe('Meta+K');
});
