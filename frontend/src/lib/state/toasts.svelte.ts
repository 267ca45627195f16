/** Short notices of what happened elsewhere than where one looks. Errors stay until dismissed. */
import { belongsToSession } from './belongings';

const SHOWN_MS = 6000;
const MOST = 4;

export interface Toast {
  id: number;
  tone: 'good' | 'bad' | 'plain';
  text: string;
  action?: { label: string; run: () => void };
}

export class Toasts {
  items = $state<Toast[]>([]);
  #last = 0;
  readonly #timers: Record<number, ReturnType<typeof setTimeout>> = {};

  show(text: string, { tone = 'plain', action }: Partial<Omit<Toast, 'id' | 'text'>> = {}): void {
    const toast: Toast = { id: ++this.#last, tone, text, action };
    // The same words twice are one notice, moved to the end.
    for (const same of this.items.filter((item) => item.text === text)) this.dismiss(same.id);
    this.items.push(toast);
    for (const old of this.items.slice(0, -MOST)) this.dismiss(old.id);
    if (tone !== 'bad') this.resume(toast.id);
  }

  dismiss(id: number): void {
    this.hold(id);
    this.items = this.items.filter((item) => item.id !== id);
  }

  /** Keeps a notice while the pointer or the focus is on it. */
  hold(id: number): void {
    clearTimeout(this.#timers[id]);
    Reflect.deleteProperty(this.#timers, id);
  }

  resume(id: number): void {
    this.hold(id);
    const toast = this.items.find((item) => item.id === id);
    if (!toast || toast.tone === 'bad') return;
    this.#timers[id] = setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  clear(): void {
    for (const { id } of this.items) this.dismiss(id);
  }
}

export const toasts = new Toasts();
belongsToSession(() => toasts.clear());
