/** Chats as files: saved, and read in with a report of what came. */
import { listConversations } from '$lib/api/chat';
import { exportChat, exportChats, importChats } from '$lib/api/chat-transfer';
import type { ApiError } from '$lib/api/errors';
import { everyPage } from '$lib/api/every-page';
import { chatsIn, fileName, formatOf, splitMarkdown, type FileFormat } from '$lib/chat-file';
import { history as words } from '$lib/strings/history';
import { belongsToSession } from './belongings';
import { conversations } from './conversations.svelte';
import { failureOf } from './failure';
import { folders } from './folders.svelte';

/** Hands a file to the browser. */
type Keep = (file: Blob, name: string) => void;

/** As much of a browser's File as is needed. */
export interface ChatFile {
  name: string;
  text(): Promise<string>;
}

export interface ImportReport {
  came: { id: string; title: string; folder: string | null; messages: number | null }[];
  failed: { name: string; reason: string }[];
}

export class ChatTransfer {
  /** How many chats of an export have been read; null while there is none. */
  exported = $state<number | null>(null);
  /** The file that is being read in. */
  reading = $state<string | null>(null);
  report = $state.raw<ImportReport | null>(null);
  #turn = 0;

  /** Null, or why there is no file. */
  exportOne(id: string, title: string, format: FileFormat, keep: Keep): Promise<ApiError | null> {
    return failureOf(async () => keep(await exportChat(id, format), fileName(title, format)));
  }

  /** Null, or why there is no file. */
  async exportAll(format: FileFormat, keep: Keep): Promise<ApiError | null> {
    this.exported = 0;
    const failure = await failureOf(async () => {
      if (format === 'json') keep(await exportChats(), 'chats.json');
      else keep(await this.#allAsMarkdown(), 'chats.md');
    });
    this.exported = null;
    return failure;
  }

  /** Reads files in, one after the other; what is wrong with one is in the report. Never raises. */
  async import(files: readonly ChatFile[]): Promise<void> {
    const report: ImportReport = { came: [], failed: [] };
    const turn = ++this.#turn;
    for (const file of files) {
      this.reading = file.name;
      await this.#importFile(file, report);
      // The chats of somebody who has left go to nobody else, and nobody else is told of them.
      if (turn !== this.#turn) return;
    }
    this.reading = null;
    this.report = report;
    if (report.came.length > 0) await Promise.all([folders.load(), conversations.reload()]);
  }

  clear(): void {
    this.#turn += 1;
    this.exported = null;
    this.reading = null;
    this.report = null;
  }

  async #importFile(file: ChatFile, report: ImportReport): Promise<void> {
    const format = formatOf(file.name);
    const text = await file.text().catch(() => null);
    if (text === null) {
      report.failed.push({ name: file.name, reason: words.importUnreadable });
      return;
    }
    const parts = format === 'markdown' ? splitMarkdown(text) : [text];
    for (const [place, part] of parts.entries()) {
      const name = parts.length > 1 ? words.importPart(file.name, place + 1) : file.name;
      const failure = await failureOf(async () => {
        const { conversation_ids: ids } = await importChats(part, format);
        const told = chatsIn(part, format);
        report.came.push(
          ...ids.map((id, at) => ({
            id,
            ...(told[at] ?? { title: '', folder: null, messages: null }),
          })),
        );
      });
      if (failure) report.failed.push({ name, reason: failure.message });
    }
  }

  /** One after the other, so that the manager has time for others. */
  async #allAsMarkdown(): Promise<Blob> {
    const chats: Blob[] = [];
    for (const { id } of await everyPage((cursor) => listConversations(undefined, cursor))) {
      chats.push(await exportChat(id, 'markdown'));
      this.exported = chats.length;
    }
    return new Blob(
      chats.flatMap((chat) => [chat, '\n']),
      { type: 'text/markdown' },
    );
  }
}

export const chatTransfer = new ChatTransfer();
belongsToSession(() => chatTransfer.clear());
