/** Chats as files: what they are called, and what is in them. Pure. */
import { strings } from '$lib/strings';

export type FileFormat = 'json' | 'markdown';

/** What a file says of a chat before the manager has read it. */
export interface ChatInFile {
  title: string;
  folder: string | null;
  messages: number;
}

const ENDINGS = { json: 'json', markdown: 'md' } as const;
const MARKER = '<!-- mlx-manager:';
const LONGEST_NAME = 60;

/** A chat's title as the name of a file on any system. */
export function fileName(title: string, format: FileFormat): string {
  const name = title
    .replace(/[\p{C}<>:"/\\|?*]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return `${name || strings.conversations.untitled}.${ENDINGS[format]}`;
}

export function formatOf(name: string): FileFormat {
  return /\.(md|markdown)$/i.test(name) ? 'markdown' : 'json';
}

/** A file of many chats in Markdown as files of one, which is what the manager reads. */
export function splitMarkdown(text: string): string[] {
  const parts = text.split(new RegExp(`^(?=${MARKER}chat )`, 'm'));
  const chats = parts.filter((part) => part.startsWith(MARKER));
  // What has no chat in it goes as it is: the manager says what is wrong with it.
  return chats.length > 0 ? chats : [text];
}

/** The chats of one file in its order, as far as it can be read; the manager decides what it takes. */
export function chatsIn(text: string, format: FileFormat): ChatInFile[] {
  try {
    return format === 'json' ? inJson(text) : [inMarkdown(text)];
  } catch {
    return [];
  }
}

function inJson(text: string): ChatInFile[] {
  const { conversations } = JSON.parse(text) as { conversations: Record<string, unknown>[] };
  return conversations.map((chat) => ({
    title: String(chat.title),
    folder: folderOf(chat),
    messages: Array.isArray(chat.messages) ? chat.messages.length : 0,
  }));
}

function inMarkdown(text: string): ChatInFile {
  const head = /^<!-- mlx-manager:chat (\{.*\}) -->/m.exec(text);
  const chat = JSON.parse(head?.[1] ?? '') as Record<string, unknown>;
  const messages = text.match(/^<!-- mlx-manager:message /gm) ?? [];
  return { title: String(chat.title), folder: folderOf(chat), messages: messages.length };
}

function folderOf({ folder }: Record<string, unknown>): string | null {
  return typeof folder === 'string' ? folder : null;
}
