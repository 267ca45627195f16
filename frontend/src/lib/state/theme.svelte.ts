/** Light, dark, or as the system has it. static/theme.js reads the same key before the first paint. */
import { recall, remember } from './storage';

const KEY = 'theme';

export type ThemeChoice = 'system' | 'light' | 'dark';
export const THEME_CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];

export class Theme {
  #choice = $state<ThemeChoice>(restore());

  get choice(): ThemeChoice {
    return this.#choice;
  }

  set choice(choice: ThemeChoice) {
    this.#choice = choice;
    remember(KEY, choice === 'system' ? null : choice);
    const { dataset } = document.documentElement;
    if (choice === 'system') delete dataset.theme;
    else dataset.theme = choice;
  }
}

function restore(): ThemeChoice {
  const kept = recall(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export const theme = new Theme();
