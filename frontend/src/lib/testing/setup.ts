/** Runs before each test file: a scripted manager at this page's origin, and a browser's storage. */
import { afterAll, beforeEach } from 'vitest';
import { ScriptedManager } from './scripted-manager';

class MemoryStorage implements Storage {
  #items = new Map<string, string>();
  get length() {
    return this.#items.size;
  }
  clear = () => this.#items.clear();
  getItem = (key: string) => this.#items.get(key) ?? null;
  key = (index: number) => [...this.#items.keys()][index] ?? null;
  removeItem = (key: string) => void this.#items.delete(key);
  setItem = (key: string, value: string) => void this.#items.set(key, value);
}

export const manager = new ScriptedManager();

globalThis.localStorage = new MemoryStorage();
globalThis.sessionStorage = new MemoryStorage();
globalThis.location = new URL(await manager.listen()) as unknown as Location;

beforeEach(() => {
  manager.reset();
  localStorage.clear();
  sessionStorage.clear();
});

afterAll(() => manager.close());
