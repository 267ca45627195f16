/** What was typed and not sent yet, by conversation: a reload or a new login loses nothing. */
import { belongsToSession } from './belongings';
import { recall, remember } from './storage';
import type { Draft } from './turn';

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

  /** Words that were not taken are a draft again, where none was begun since. */
  giveBack(conversationId: string | null, unsent: Draft): void {
    if (unsent.kind === 'words' && !unsent.instead && !this.get(conversationId))
      this.set(conversationId, unsent.content);
  }

  /** What the tab keeps is another matter: see keeper.ts. */
  forget(): void {
    this.#texts = {};
  }
}

export const drafts = new Drafts();
belongsToSession(() => drafts.forget());
