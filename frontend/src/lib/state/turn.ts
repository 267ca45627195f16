/** What a person gives the model, and the branch that comes of it. Pure. */
import type {
  AttachmentRef,
  Message,
  MessageCreate,
  PlacedMessage,
  ToolResult,
} from '$lib/api/types';

/** What a message carries besides its text: model, thinking, tools, a schema and sampling. */
export type MessageOptions = Omit<
  MessageCreate,
  'content' | 'role' | 'tool_call_id' | 'parent_id' | 'attachments'
>;

/** Words, at the end or in the place of an earlier question. */
export interface Words {
  kind: 'words';
  content: string;
  attachments: AttachmentRef[];
  instead: PlacedMessage | null;
}

/** Words, the results of the calls that a reply made, or the wish for another reply. */
export type Draft =
  Words | { kind: 'results'; results: ToolResult[] } | { kind: 'again'; of: PlacedMessage };

/** What the manager kept of a draft: the messages said, and the reply that has begun. */
export interface KeptTurn {
  said: Message[];
  reply: Message;
}

export function words(
  content: string,
  attachments: AttachmentRef[] = [],
  instead: PlacedMessage | null = null,
): Words {
  return { kind: 'words', content, attachments, instead };
}

/** What of a draft a person wrote. */
export function wordsOf(draft: Draft): string {
  if (draft.kind === 'words') return draft.content;
  return draft.kind === 'results' ? draft.results.map(({ content }) => content).join('\n') : '';
}

/** A question without words is named after what came with it. */
export function titleOf(draft: Draft): string {
  if (draft.kind !== 'words') return '';
  return draft.content.trim() || (draft.attachments[0]?.name ?? '');
}

/** The branch that is shown once the manager has kept a draft; the reply is its last message, and
 * whoever wrote on has chosen: nothing is compared any more. */
export function branchAfter(
  messages: readonly PlacedMessage[],
  draft: Draft,
  { said, reply }: KeptTurn,
): PlacedMessage[] {
  const place = placeOf(draft);
  const at = place ? messages.findIndex(({ id }) => id === place.id) : -1;
  const kept = at === -1 ? messages : messages.slice(0, at);
  const earlier = at === -1 || !place ? [] : place.versions;
  return [
    ...kept.map((message) => (message.beside ? { ...message, beside: null } : message)),
    ...[...said, reply].map((message, index) => placed(message, index, earlier)),
  ];
}

/** The message with this id is the one in a place, or is compared with it. */
export function standsIn(place: PlacedMessage, id: string): boolean {
  return place.id === id || place.beside?.id === id;
}

/** The message in whose place the draft's first message stands; null at the end of the branch. */
function placeOf(draft: Draft): PlacedMessage | null {
  if (draft.kind === 'words') return draft.instead;
  return draft.kind === 'again' && draft.of.role === 'assistant' ? draft.of : null;
}

function placed(message: Message, index: number, earlier: readonly string[]): PlacedMessage {
  const versions = [...(index === 0 ? earlier : []), message.id];
  return { ...message, versions, beside: null };
}
