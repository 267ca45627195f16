import { beforeEach, describe, expect, it } from 'vitest';
import { events, json } from '$lib/testing/scripted-manager';
import { manager } from '$lib/testing/setup';
import { ServerLog } from './server-log.svelte';

const LOGS = 'GET /api/servers/profile-1/logs';
const written = (...lines: string[]) =>
  lines.map((line): [string, unknown] => ['line', { event: 'line', line }]);
const signal = () => new AbortController().signal;

let log: ServerLog;
beforeEach(() => (log = new ServerLog()));

describe('the log of a profile', () => {
  it('shows its last lines and each new one, and is lost when the connection is', async () => {
    manager.on(LOGS, events(written('first', 'second'), 'ended'));
    await log.follow('profile-1', signal());
    expect(log.lines).toEqual(['first', 'second']);
    expect(log.state).toBe('lost');
    expect(manager.asked[0]?.query.get('follow')).toBe('true');
  });

  it('begins anew with a new connection, which tells the last lines again', async () => {
    manager.on(LOGS, events(written('first', 'second'), 'dropped'));
    await log.follow('profile-1', signal());
    manager.on(LOGS, events(written('second', 'third'), 'ended'));
    await log.follow('profile-1', signal());
    expect(log.lines).toEqual(['second', 'third']);
  });

  it('keeps back what comes in a pause, and counts it', async () => {
    manager.on(LOGS, events(written('first'), 'ended'));
    await log.follow('profile-1', signal());
    log.pause();
    manager.on(LOGS, events(written('first', 'second'), 'ended'));
    await log.follow('profile-1', signal());
    expect([log.lines, log.held]).toEqual([['first'], 2]);
    log.resume();
    expect([log.lines, log.held]).toEqual([['first', 'second'], 0]);
  });

  it('keeps no more lines than can be read', async () => {
    log = new ServerLog(2);
    manager.on(LOGS, events(written('first', 'second', 'third'), 'ended'));
    await log.follow('profile-1', signal());
    expect(log.lines).toEqual(['second', 'third']);
    log.pause();
    await log.follow('profile-1', signal());
    log.resume();
    expect(log.lines).toEqual(['second', 'third']);
  });

  it('says why it is refused', async () => {
    manager.on(LOGS, json(403, { detail: 'For administrators.', code: 'administrators_only' }));
    await log.follow('profile-1', signal());
    expect([log.state, log.error?.message]).toEqual(['lost', 'For administrators.']);
  });

  it('forgets everything when it is closed', async () => {
    manager.on(LOGS, events(written('first'), 'ended'));
    await log.follow('profile-1', signal());
    log.close();
    expect([log.lines, log.state, log.profileId]).toEqual([[], 'closed', null]);
  });
});
