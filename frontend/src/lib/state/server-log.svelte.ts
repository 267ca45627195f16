/** The log of one profile, live: its last lines, each new one, and a pause to read in. */
import { openServerLog } from '$lib/api/servers';
import { asApiError, type ApiError } from '$lib/api/errors';
import { belongsToSession } from './belongings';
import { FrameBatch } from './frame';

const FIRST_LINES = 500;
const MOST_LINES = 2000;
const RETRY_MS = 3000;

export type LogState = 'closed' | 'connecting' | 'live' | 'lost';

export class ServerLog {
  profileId = $state<string | null>(null);
  state = $state<LogState>('closed');
  lines = $state.raw<string[]>([]);
  /** How many lines have come since the pause. */
  held = $state(0);
  paused = $state(false);
  /** Why it could not be followed, where trying again would not help. */
  error = $state<ApiError | null>(null);

  #fresh: string[] = [];
  /** A new connection begins with lines that are here already. */
  #replaces = true;
  #connection: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #batch = new FrameBatch(() => this.#show());

  constructor(private readonly mostLines = MOST_LINES) {}

  /** Follows a profile's log until `close`, or until another is opened. */
  open(profileId: string): void {
    this.close();
    this.profileId = profileId;
    this.#connect();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#connection?.abort();
    this.#connection = null;
    this.profileId = null;
    this.state = 'closed';
    this.lines = [];
    this.#fresh = [];
    this.held = 0;
    this.paused = false;
    this.error = null;
  }

  /** What is shown stays; new lines are kept back, and counted. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.held = 0;
    this.#show();
  }

  /** Follows one connection to its end; never raises. */
  async follow(profileId: string, signal: AbortSignal): Promise<void> {
    this.state = 'connecting';
    try {
      const lines = await openServerLog(profileId, FIRST_LINES, signal);
      this.state = 'live';
      this.error = null;
      this.#replaces = true;
      this.#fresh = [];
      for await (const line of lines) {
        if (signal.aborted) return;
        this.#take(line);
      }
    } catch (problem) {
      if (!signal.aborted) this.error = asApiError(problem);
    }
    if (!signal.aborted) this.state = 'lost';
  }

  #take(line: string): void {
    this.#fresh.push(line);
    if (this.#fresh.length > this.mostLines) this.#fresh.shift();
    if (this.paused) this.held = this.#fresh.length;
    else this.#batch.request();
  }

  #show(): void {
    if (this.paused || this.#fresh.length === 0) return;
    const before = this.#replaces ? [] : this.lines;
    this.lines = [...before, ...this.#fresh].slice(-this.mostLines);
    this.#fresh = [];
    this.#replaces = false;
  }

  #connect(): void {
    const profileId = this.profileId;
    if (profileId === null) return;
    const connection = (this.#connection = new AbortController());
    void this.follow(profileId, connection.signal).then(() => {
      if (connection.signal.aborted) return;
      this.#connection = null;
      // Refused for good: the profile is gone, or one is no administrator.
      if (this.error && [403, 404].includes(this.error.status)) return;
      this.#timer = setTimeout(() => this.#connect(), RETRY_MS);
    });
  }
}

export const serverLog = new ServerLog();
belongsToSession(() => serverLog.close());
