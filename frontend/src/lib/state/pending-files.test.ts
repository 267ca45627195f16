import { beforeEach, describe, expect, it } from 'vitest';
import { json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { PendingFiles, refusal } from './pending-files.svelte';

const UPLOAD = 'POST /api/chat/attachments';
const ref = { id: 'f-1', name: 'notes.txt', media_type: 'text/plain', size_bytes: 6 };
const aFile = () => new File(['"text"'], 'notes.txt', { type: 'text/plain' });

let files: PendingFiles;

beforeEach(() => {
  files = new PendingFiles();
  manager.on(UPLOAD, json(201, ref));
  manager.on('DELETE /api/chat/attachments/f-1', json(204, undefined));
});

describe('files for the next message', () => {
  it('are uploaded as they are, under their names', async () => {
    await files.add('c', [aFile()]);
    expect(files.refs('c')).toEqual([ref]);
    expect(files.refs(null)).toEqual([]);
    const [asked] = manager.asked;
    expect(asked?.query.get('name')).toBe('notes.txt');
    expect(asked?.body).toBe('text');
  });

  it('are there while they are on their way', async () => {
    const added = files.add(null, [aFile()]);
    expect(files.uploading(null)).toBe(true);
    await added;
    expect(files.uploading(null)).toBe(false);
  });

  it('survive a reload until they are sent', async () => {
    await files.add('c', [aFile()]);
    expect(new PendingFiles().refs('c')).toEqual([ref]);
    files.clear('c');
    expect(new PendingFiles().refs('c')).toEqual([]);
  });

  it('are deleted when they are taken away', async () => {
    await files.add('c', [aFile()]);
    files.remove('c', files.of('c')[0]!.key);
    expect(files.of('c')).toEqual([]);
    await expect.poll(() => manager.asked.at(-1)?.method).toBe('DELETE');
  });

  it('leave no chip behind when the manager refuses them, and say why', async () => {
    manager.on(UPLOAD, json(415, { detail: 'No text.', code: 'not_text' }));
    await files.add('c', [aFile()]);
    expect(files.of('c')).toEqual([]);
    expect(files.problem).toBe('No text.');
  });
});

it.each([
  [{ name: 'a.py', size: 10, type: 'text/x-python' }, 0, null],
  [{ name: 'a', size: 1024 * 1024, type: '' }, 0, null],
  [{ name: 'a', size: 1024 * 1024 + 1, type: '' }, 0, /larger than 1 MB/],
  [{ name: 'a.png', size: 10, type: 'image/png' }, 0, /not a text file/],
  [{ name: 'a.pdf', size: 10, type: 'application/pdf' }, 0, /not a text file/],
  [{ name: 'a.txt', size: 10, type: 'text/plain' }, 20, /takes 20 files/],
])('%o after %d others: %s', (file, others, problem) => {
  const found = refusal(file, others);
  if (problem) expect(found).toMatch(problem);
  else expect(found).toBeNull();
});
