/** Who is logged in. Owns the access token and the moment it stops being accepted. */
import * as auth from '$lib/api/auth';
import { access } from '$lib/api/client';
import { asApiError, type ApiError } from '$lib/api/errors';
import type { User } from '$lib/api/types';
import { failureOf } from './failure';
import { keepFor } from './keeper';
import { forgetTab, recall, remember } from './storage';

const TOKEN = 'token';

/** `unknown` until restore() has asked the manager. */
export type Phase = 'unknown' | 'setup' | 'signed-out' | 'signed-in';

export class Session {
  phase = $state<Phase>('unknown');
  user = $state<User | null>(null);
  /** True after the manager refused a token that had worked: the login page says so. */
  ended = $state(false);

  #restoring: Promise<void> | null = null;

  constructor() {
    access.onRefused = () => this.#expire();
  }

  /** Settles the phase. Raises ApiError when the manager cannot be asked; may then be called again. */
  restore(): Promise<void> {
    // Another tab may have logged in since this one was signed out.
    const isSettled = this.phase !== 'unknown' && recall(TOKEN) === null;
    if (this.phase === 'signed-in' || isSettled) return Promise.resolve();
    this.#restoring ??= this.#restore().finally(() => (this.#restoring = null));
    return this.#restoring;
  }

  async #restore(): Promise<void> {
    access.token = recall(TOKEN);
    if (access.token) {
      try {
        this.#enter(await auth.me());
        return;
      } catch (problem) {
        // A refused token has already ended the session; anything else is not about the token.
        if (asApiError(problem).status !== 401) throw problem;
      }
    }
    this.phase = (await auth.setupNeeded()) ? 'setup' : 'signed-out';
  }

  /** Null, or why not: `invalid_credentials`, `account_pending`, `account_disabled`, `unreachable`. */
  login(email: string, password: string): Promise<ApiError | null> {
    return failureOf(async () => {
      this.#keep(await auth.login(email, password));
      this.#enter(await auth.me());
      this.ended = false;
    });
  }

  /** Creates the administrator and logs in as them. Null, or why not. */
  async setUp(email: string, password: string): Promise<ApiError | null> {
    const failure = await failureOf(() => auth.register(email, password));
    if (failure) return failure;
    this.phase = 'signed-out';
    return this.login(email, password);
  }

  /** Asks for an account, which an administrator then approves. Null, or why not. */
  register(email: string, password: string): Promise<ApiError | null> {
    return failureOf(() => auth.register(email, password));
  }

  /** New password, fresh token: other devices are logged out. Null, or why not: `wrong_password`. */
  changePassword(current: string, fresh: string): Promise<ApiError | null> {
    return failureOf(async () => this.#keep(await auth.changePassword(current, fresh)));
  }

  /**
   * Ends the session here in any case, and at the manager when it can be reached; `everywhere` ends
   * those of every device. What was typed and not sent goes too: only a session that ran out comes
   * back to it.
   */
  async logout(everywhere = false): Promise<ApiError | null> {
    remember(TOKEN, null);
    const failure = await failureOf(() => auth.logout(everywhere));
    forgetTab();
    this.#forget();
    this.ended = false;
    return failure;
  }

  #enter(user: User): void {
    keepFor(user.id);
    this.user = user;
    this.phase = 'signed-in';
  }

  #expire(): void {
    // The first page load with an old token lands here too, with nobody to tell.
    this.ended = this.phase === 'signed-in' || this.phase === 'unknown';
    this.#forget();
  }

  #keep(token: string): void {
    access.token = token;
    remember(TOKEN, token);
  }

  #forget(): void {
    // What another tab has logged in with since is not this one's to throw away.
    if (recall(TOKEN) === access.token) remember(TOKEN, null);
    access.token = null;
    access.era += 1;
    this.user = null;
    if (this.phase !== 'unknown') this.phase = 'signed-out';
  }
}

export const session = new Session();
