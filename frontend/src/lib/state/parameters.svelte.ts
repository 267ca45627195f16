/** What is asked of the model besides the text: thinking, sampling, tools, a schema. Kept in the browser. */
import { parseSchema } from '$lib/json-schema';
import { belongsToPerson } from './belongings';
import type { MessageOptions } from './turn';
import { recall, remember } from './storage';
import { parseTools } from './tools';

const KEY = 'parameters';

interface Kept {
  thinking: boolean;
  temperature: number | null;
  maxTokens: number | null;
  toolsText: string;
  schemaText: string;
}

const DEFAULTS: Kept = {
  thinking: false,
  temperature: null,
  maxTokens: null,
  toolsText: '',
  schemaText: '',
};

export class Parameters {
  #kept = $state<Kept>(restore());
  parsedTools = $derived.by(() => parseTools(this.#kept.toolsText));
  parsedSchema = $derived.by(() => parseSchema(this.#kept.schemaText));

  get thinking() {
    return this.#kept.thinking;
  }
  set thinking(value: boolean) {
    this.#set({ thinking: value });
  }

  /** Null leaves it to the model. */
  get temperature() {
    return this.#kept.temperature;
  }
  set temperature(value: number | null) {
    this.#set({ temperature: value });
  }

  /** Null leaves it to the server. */
  get maxTokens() {
    return this.#kept.maxTokens;
  }
  set maxTokens(value: number | null) {
    this.#set({ maxTokens: value });
  }

  get toolsText() {
    return this.#kept.toolsText;
  }
  set toolsText(value: string) {
    this.#set({ toolsText: value });
  }

  /** The JSON Schema that replies follow; empty for free text. */
  get schemaText() {
    return this.#kept.schemaText;
  }
  set schemaText(value: string) {
    this.#set({ schemaText: value });
  }

  get maxTokensValid(): boolean {
    const value = this.#kept.maxTokens;
    return value === null || (Number.isInteger(value) && value >= 1);
  }

  get valid(): boolean {
    const { parsedTools, parsedSchema } = this;
    return this.maxTokensValid && parsedTools.problem === null && parsedSchema.problem === null;
  }

  reset(): void {
    this.#set(DEFAULTS);
  }

  /** The fields of a message request; what is left at its default is left out. */
  options(model: string | null): MessageOptions {
    const options: MessageOptions = { thinking: this.#kept.thinking };
    if (model !== null) options.model = model;
    if (this.#kept.temperature !== null) options.temperature = this.#kept.temperature;
    if (this.#kept.maxTokens !== null) options.max_tokens = this.#kept.maxTokens;
    const { tools } = this.parsedTools;
    if (tools.length > 0) options.tools = tools.map((tool) => ({ ...tool }));
    const { schema } = this.parsedSchema;
    if (schema !== null) options.json_schema = schema;
    return options;
  }

  #set(change: Partial<Kept>): void {
    Object.assign(this.#kept, change);
    remember(KEY, JSON.stringify(this.#kept));
  }
}

function restore(): Kept {
  try {
    return { ...DEFAULTS, ...(JSON.parse(recall(KEY) ?? '{}') as Partial<Kept>) };
  } catch {
    return { ...DEFAULTS };
  }
}

export const parameters = new Parameters();
// Tools and a schema say what somebody works on.
belongsToPerson(() => parameters.reset());
