/** The search at the hub: what is asked for, and what was found. */
import type { ApiError } from '$lib/api/errors';
import { searchHub, type HubQuery } from '$lib/api/hub';
import type { HubModel } from '$lib/api/types';
import { Asking } from './asking.svelte';
import { belongsToSession } from './belongings';
import { feed } from './feed.svelte';

export type HubSort = HubQuery['sort'];
export const HUB_SORTS: readonly HubSort[] = ['downloads', 'likes', 'lastModified'];

const STEP = 20;
const MOST = 100;

export interface HubWish {
  query: string;
  sort: HubSort;
  /** Leave out what does not fit into this machine's memory. */
  fitting: boolean;
}

/** What the address of the search page asks for. */
export function wishFrom(parameters: URLSearchParams): HubWish {
  const sort = parameters.get('sort') as HubSort;
  return {
    query: parameters.get('query')?.trim() ?? '',
    sort: HUB_SORTS.includes(sort) ? sort : 'downloads',
    fitting: parameters.get('all') === null,
  };
}

/** The address's part for a wish; what is usual is not spelled out. */
export function addressOf({ query, sort, fitting }: HubWish): string {
  const parts: string[] = [];
  if (query.trim()) parts.push(`query=${encodeURIComponent(query.trim()).replaceAll('%20', '+')}`);
  if (sort !== 'downloads') parts.push(`sort=${sort}`);
  if (!fitting) parts.push('all=');
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

export class HubSearch {
  found = $state.raw<HubModel[]>([]);
  loaded = $state(false);
  #wish: HubWish = { query: '', sort: 'downloads', fitting: true };
  #limit = $state(STEP);
  /** How many came, before those that do not fit were left out. */
  #came = $state(0);
  readonly #asking = new Asking();

  get loading(): boolean {
    return this.#asking.loading;
  }

  get error(): ApiError | null {
    return this.#asking.error;
  }

  /** The hub has no pages here: more is asking for a longer list. */
  get hasMore(): boolean {
    return this.#came >= this.#limit && this.#limit < MOST;
  }

  /** Asks for `wish`; an answer to an older question is dropped. Never raises: see `error`. */
  search(wish: HubWish, limit = STEP): Promise<void> {
    this.#wish = wish;
    this.#limit = limit;
    return this.#asking.ask(
      (signal) => searchHub(this.#query(), signal),
      (found) => {
        const fits = ({ fit, unsupported }: HubModel) =>
          fit.verdict !== 'too_large' && unsupported === null;
        this.#came = found.length;
        this.found = wish.fitting ? found.filter(fits) : found;
        this.loaded = true;
      },
    );
  }

  more(): Promise<void> {
    return this.search(this.#wish, Math.min(MOST, this.#limit + STEP));
  }

  again(): Promise<void> {
    return this.search(this.#wish, this.#limit);
  }

  clear(): void {
    this.#asking.drop();
    this.#came = 0;
    this.found = [];
    this.loaded = false;
  }

  #query(): HubQuery {
    const { query, sort, fitting } = this.#wish;
    const budget = feed.memory?.budget_bytes;
    const maxGigabytes = fitting && budget ? budget / 1e9 : null;
    return { query, sort, maxGigabytes, limit: this.#limit };
  }
}

export const hubSearch = new HubSearch();
belongsToSession(() => hubSearch.clear());
