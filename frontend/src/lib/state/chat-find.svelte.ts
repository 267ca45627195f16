/** Looking for words in the open chat, drawn or not: which messages have them, and which is in front. */
import { plain } from '$lib/plain-text';
import { hasPhrase, phraseOf } from '$lib/phrase';
import type { PlacedMessage } from '$lib/api/types';
import type { OpenConversation } from './conversation.svelte';

export class ChatFind {
  open = $state(false);
  typed = $state('');
  /** The message in front. */
  current = $state<string | null>(null);
  phrase = $derived(phraseOf(this.typed));
  /** The ids of messages that have it, the oldest first. */
  hits = $derived.by<string[]>(() => {
    const { phrase } = this;
    if (!this.open || !phrase) return [];
    const found = this.#said().filter((each) => hasPhrase(this.#plain(each), phrase));
    return found.map(({ id }) => id);
  });
  /** Texts as they are searched: letters are made plain once, not with each that is typed. */
  readonly #plainTexts = new WeakMap<PlacedMessage, { content: string; plain: string }>();

  /** `show` brings a message into view. */
  constructor(
    private readonly chat: Pick<OpenConversation, 'messages' | 'hasOlder' | 'loadWhole'>,
    private readonly show: (messageId: string) => void,
  ) {}

  /** From 1; 0 while none is in front. */
  get place(): number {
    return this.current === null ? 0 : this.hits.indexOf(this.current) + 1;
  }

  /** Everything that was said has been looked at. */
  get isWhole(): boolean {
    return !this.chat.hasOlder;
  }

  /** Looks for `typed`, from message `from` on: the one in front stays in front if it has it. What is
   * not fetched yet is fetched. */
  async look(typed: string, from: string | null): Promise<void> {
    this.open = true;
    this.typed = typed;
    this.#choose(from);
    if (!this.phrase) return;
    await this.chat.loadWhole();
    // Another may have been typed meanwhile, and has chosen; then one is in front already.
    if (this.open && this.current === null) this.#choose(null);
  }

  /** One further down, or with -1 up; round at the ends. */
  step(by: 1 | -1): void {
    const { hits } = this;
    if (hits.length === 0) return;
    // With none in front, down is the first and up is the last.
    const place = this.place === 0 ? (by === 1 ? -1 : hits.length) : this.place - 1;
    this.#take(hits[(place + by + hits.length) % hits.length] ?? null);
  }

  close(): void {
    this.open = false;
    this.current = null;
  }

  /** Results of tools stand folded in the calls that they answer. */
  #said(): readonly PlacedMessage[] {
    return this.chat.messages.filter(({ role }) => role !== 'tool');
  }

  #choose(from: string | null): void {
    const { hits } = this;
    if (this.current !== null && hits.includes(this.current)) return;
    const ids = this.#said().map(({ id }) => id);
    const start = from === null ? -1 : ids.indexOf(from);
    const below = start < 0 ? [] : ids.slice(start);
    this.#take(below.find((id) => hits.includes(id)) ?? hits.at(-1) ?? null);
  }

  #take(id: string | null): void {
    this.current = id;
    if (id !== null) this.show(id);
  }

  #plain(message: PlacedMessage): string {
    const { content } = message;
    const known = this.#plainTexts.get(message);
    if (known?.content === content) return known.plain;
    const text = plain(content);
    this.#plainTexts.set(message, { content, plain: text });
    return text;
  }
}
