/** The server's settings, what has been typed over them, and what each change has to wait for. */
import { SvelteMap } from 'svelte/reactivity';
import type { ApiError } from '$lib/api/errors';
import { changeSettings, readSettings } from '$lib/api/settings';
import type { Setting, SettingsChange } from '$lib/api/types';
import { kindOf, parseValue, textOf, type SettingValue } from '$lib/setting-value';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';

export class Settings {
  items = $state<Setting[]>([]);
  /** Names of those that wait for a restart. */
  needsRestart = $state<string[]>([]);
  loaded = $state(false);
  saving = $state(false);
  error = $state<ApiError | null>(null);
  /** Why the last change was refused, by setting where it names one. */
  refused = $state<ApiError | null>(null);
  /** What is typed, by name; null goes back to the default. Same as the value: not here. */
  readonly #drafts = new SvelteMap<string, string | null>();

  get isDirty(): boolean {
    return this.#drafts.size > 0;
  }

  /** Names of changed settings that wait for a restart once they are saved. */
  get changed(): Setting[] {
    return this.items.filter((item) => this.#drafts.has(item.name));
  }

  get hasProblem(): boolean {
    return this.changed.some((item) => this.#parsed(item) === undefined);
  }

  /** What stands in a setting's field now. */
  text(setting: Setting): string {
    const draft = this.#drafts.get(setting.name);
    if (draft === undefined) return textOf(setting.value);
    return draft ?? textOf(setting.default);
  }

  isChanged(setting: Setting): boolean {
    return this.#drafts.has(setting.name);
  }

  isValid(setting: Setting): boolean {
    return this.#parsed(setting) !== undefined;
  }

  /** The manager's own words on a refused value. */
  problem(setting: Setting): string | undefined {
    return this.refused?.fields[setting.name];
  }

  type(setting: Setting, text: string): void {
    this.refused = null;
    if (text.trim() === textOf(setting.value)) this.#drafts.delete(setting.name);
    else this.#drafts.set(setting.name, text);
  }

  /** Back to the default, once it is saved. */
  reset(setting: Setting): void {
    this.refused = null;
    this.#drafts.set(setting.name, null);
  }

  discard(): void {
    this.refused = null;
    this.#drafts.clear();
  }

  async load(): Promise<void> {
    this.error = await failureOf(async () => this.#take(await readSettings()));
  }

  /** Saves all that was typed, or nothing. Null, or why not. */
  async save(): Promise<ApiError | null> {
    const sent = [...this.#drafts];
    const change: Record<string, SettingValue | undefined> = {};
    for (const item of this.changed) change[item.name] = this.#parsed(item);
    this.saving = true;
    this.refused = await failureOf(async () => {
      this.#take(await changeSettings(change as SettingsChange));
      // What was typed since is still to be saved.
      for (const [name, draft] of sent)
        if (this.#drafts.get(name) === draft) this.#drafts.delete(name);
    });
    this.saving = false;
    return this.refused;
  }

  /** One setting at once, whatever else is typed. Null, or why not. */
  put(name: keyof SettingsChange, value: SettingValue): Promise<ApiError | null> {
    return failureOf(async () => {
      this.#take(await changeSettings({ [name]: value } as SettingsChange));
      this.#drafts.delete(name);
    });
  }

  clear(): void {
    this.discard();
    this.items = [];
    this.needsRestart = [];
    this.loaded = false;
    this.error = null;
  }

  #take(report: { items: Setting[]; needs_restart: string[] }): void {
    this.items = report.items;
    this.needsRestart = report.needs_restart;
    this.loaded = true;
  }

  #parsed(setting: Setting): SettingValue | undefined {
    const draft = this.#drafts.get(setting.name);
    if (draft === null) return null;
    return parseValue(kindOf(setting), draft ?? textOf(setting.value));
  }
}

export const settings = new Settings();
belongsToSession(() => settings.clear());
