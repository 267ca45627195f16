/** The routing rules, in the order in which they are looked at. */
import * as api from '$lib/api/routing';
import type { ApiError } from '$lib/api/errors';
import type { RoutingRule, RuleFields } from '$lib/api/types';
import { moved } from '$lib/reorder';
import { fieldsOfRule } from '$lib/rule-draft';
import { belongsToSession } from './belongings';
import { failureOf } from './failure';
import { Listing } from './listing.svelte';

export class Rules {
  readonly list = new Listing<RoutingRule>((cursor) => api.listRules(cursor));
  #saving: Promise<ApiError | null> | null = null;
  #unsaved = false;

  /** Null, or why not. */
  create(fields: RuleFields): Promise<ApiError | null> {
    return failureOf(async () => {
      const made = await api.createRule(fields);
      this.list.items.push(made);
    });
  }

  /** All of it but whether it is followed: that may have been switched meanwhile. Null, or why not. */
  change(id: string, fields: RuleFields): Promise<ApiError | null> {
    const now = this.list.items.find((rule) => rule.id === id);
    return this.#replace(id, { ...fields, is_enabled: now?.is_enabled ?? fields.is_enabled });
  }

  /** Shows at once and goes back if it is refused. Null, or why not. */
  async enable(rule: RoutingRule, isEnabled: boolean): Promise<ApiError | null> {
    this.#put({ ...rule, is_enabled: isEnabled });
    const failure = await this.#replace(rule.id, { ...fieldsOfRule(rule), is_enabled: isEnabled });
    if (failure) this.#put(rule);
    return failure;
  }

  /** Null when it is gone, or why not. */
  async remove(id: string): Promise<ApiError | null> {
    const failure = await failureOf(() => api.deleteRule(id));
    if (failure && failure.status !== 404) return failure;
    this.list.items = this.list.items.filter((rule) => rule.id !== id);
    return null;
  }

  /**
   * Puts a rule at another place, at once. Moves made while one is being saved are saved together
   * after it. Null, or why the order is again the manager's.
   */
  move(id: string, to: number): Promise<ApiError | null> {
    const from = this.list.items.findIndex((rule) => rule.id === id);
    this.list.items = moved(this.list.items, from, to);
    this.#unsaved = true;
    this.#saving ??= this.#saveOrder();
    return this.#saving;
  }

  /** The names of the rules that ask a provider. */
  naming(providerId: string): string[] {
    return this.list.items
      .filter((rule) => rule.targets.some((target) => target.provider_id === providerId))
      .map((rule) => rule.name);
  }

  clear(): void {
    this.list.clear();
  }

  async #saveOrder(): Promise<ApiError | null> {
    let failure: ApiError | null = null;
    while (this.#unsaved && failure === null) {
      this.#unsaved = false;
      failure = await failureOf(() => api.orderRules(this.list.items.map((rule) => rule.id)));
    }
    this.#unsaved = false;
    this.#saving = null;
    if (failure) await this.list.load();
    return failure;
  }

  #replace(id: string, fields: RuleFields): Promise<ApiError | null> {
    return failureOf(async () => this.#put(await api.replaceRule(id, fields)));
  }

  #put(rule: RoutingRule): void {
    this.list.items = this.list.items.map((item) => (item.id === rule.id ? rule : item));
  }
}

export const rules = new Rules();
belongsToSession(() => rules.clear());
