/** What was typed and not sent yet, by conversation: a reload or a new login loses nothing. */
import { belongsToSession } from './belongings';
import { recall, remember } from './storage';

const NEW = 'new';

export class Drafts {
  #texts = $state<Record<string, string>>({});

  get(conversationId: string | null): string {
    const key = conversationId ?? NEW;
    return this.#texts[key] ?? recall(`draft.${key}`, 'tab') ?? '';
  }

  set(conversationId: string | null, text: string): void {
    const key = conversationId ?? NEW;
    this.#texts[key] = text;
    remember(`draft.${key}`, text || null, 'tab');
  }

  /** What the tab keeps is another matter: see keeper.ts. */
  forget(): void {
    this.#texts = {};
  }
}

export const drafts = new Drafts();
belongsToSession(() => drafts.forget());
