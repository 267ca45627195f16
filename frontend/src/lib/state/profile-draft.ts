/** The form of a profile: what a person types, what is wrong with it, and the request it makes. Pure. */
import type { ApiError } from '$lib/api/errors';
import type { Placement, Profile, ProfileCreate, ProfileDefaults } from '$lib/api/types';
import { count } from '$lib/format';
import { NUMBERS, parseNumber, type NumberName, type NumberRange } from '$lib/profile-numbers';
import { linesOfStopTexts, stopTextsOf } from '$lib/stop-texts';
import { profiles as words } from '$lib/strings/profiles';
import { parseTools } from './tools';

type Effort = NonNullable<ProfileDefaults['reasoning_effort']>;
export type LogLevel = Profile['log_level'];

/** Numbers as they are typed, empty where the server or the model decides. */
export interface ProfileDraft extends Record<NumberName, string> {
  name: string;
  description: string;
  model: string;
  adapter: string;
  placement: Placement;
  pinned: boolean;
  startWithServer: boolean;
  /** Seconds, "0" for never, empty as the server's setting says. */
  idle: string;
  logLevel: LogLevel;
  systemPrompt: string;
  /** One a line: see stop-texts. */
  stop: string;
  effort: Effort | '';
  parallelTools: '' | 'yes' | 'no';
  /** JSON. */
  templateArguments: string;
  /** JSON, as OpenAI writes them. */
  tools: string;
}

export type ProfileProblems = Partial<Record<keyof ProfileDraft, string>>;

export const IDLE_SECONDS = ['300', '900', '1800', '3600', '14400', '86400'] as const;
export const EFFORTS: readonly Effort[] = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
];
export const LOG_LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];

const LONGEST_NAME = 100;
const LONGEST_DESCRIPTION = 500;
const MOST_STOPS = 16;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/;

export function emptyProfile(): ProfileDraft {
  return {
    ...numbersOf({}),
    name: '',
    description: '',
    model: '',
    adapter: '',
    placement: 'embedded',
    pinned: false,
    startWithServer: false,
    idle: '',
    logLevel: 'INFO',
    systemPrompt: '',
    stop: '',
    effort: '',
    parallelTools: '',
    templateArguments: '',
    tools: '',
  };
}

export function profileDraftOf(profile: Profile): ProfileDraft {
  const { defaults } = profile;
  const parallel = defaults.parallel_tool_calls ?? null;
  return {
    ...numbersOf(defaults),
    name: profile.name,
    description: profile.description,
    model: profile.model,
    adapter: profile.adapter ?? '',
    placement: profile.placement,
    pinned: profile.pinned,
    startWithServer: profile.start_with_server,
    idle: profile.idle_seconds?.toString() ?? '',
    logLevel: profile.log_level,
    systemPrompt: defaults.system_prompt ?? '',
    stop: linesOfStopTexts(defaults.stop ?? []),
    effort: defaults.reasoning_effort ?? '',
    parallelTools: parallel === null ? '' : parallel ? 'yes' : 'no',
    templateArguments: jsonOf(defaults.chat_template_kwargs),
    tools: jsonOf(defaults.tools),
  };
}

/** Sentences by field; empty when the draft can be sent. */
export function profileProblems(draft: ProfileDraft): ProfileProblems {
  const found: [keyof ProfileDraft, string | null][] = [
    ['name', nameProblem(draft.name.trim())],
    ['model', draft.model.trim() ? null : words.form.modelMissing],
    ['description', tooLong(draft.description.trim(), LONGEST_DESCRIPTION)],
    [
      'stop',
      stopTextsOf(draft.stop).length > MOST_STOPS ? words.form.tooManyStops(MOST_STOPS) : null,
    ],
    ['templateArguments', parseArguments(draft.templateArguments).problem],
    ['tools', parseTools(draft.tools).problem],
    ...NUMBERS.map((range): [NumberName, string | null] => [
      range.name,
      parseNumber(draft[range.name], range) === undefined ? rangeSentence(range) : null,
    ]),
  ];
  return Object.fromEntries(found.filter(([, problem]) => problem !== null)) as ProfileProblems;
}

/** The request for a draft without problems; what is empty is left to the server. */
export function profileRequestOf(draft: ProfileDraft): ProfileCreate {
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    model: draft.model.trim(),
    adapter: draft.adapter.trim() || null,
    placement: draft.placement,
    pinned: draft.pinned,
    start_with_server: draft.startWithServer,
    idle_seconds: draft.idle === '' ? null : Number(draft.idle),
    log_level: draft.logLevel,
    defaults: {
      ...Object.fromEntries(
        NUMBERS.map((each) => [each.name, parseNumber(draft[each.name], each)]),
      ),
      system_prompt: draft.systemPrompt.trim() ? draft.systemPrompt : null,
      stop: stopTextsOf(draft.stop),
      reasoning_effort: draft.effort || null,
      parallel_tool_calls: draft.parallelTools === '' ? null : draft.parallelTools === 'yes',
      chat_template_kwargs: parseArguments(draft.templateArguments).value,
      tools: parseTools(draft.tools).tools,
    },
  };
}

/** Where the manager's names for fields stand in the form. */
const FORM_FIELDS: Readonly<Record<string, keyof ProfileDraft>> = {
  ...Object.fromEntries(NUMBERS.map(({ name }) => [name, name])),
  name: 'name',
  description: 'description',
  model: 'model',
  adapter: 'adapter',
  placement: 'placement',
  idle_seconds: 'idle',
  log_level: 'logLevel',
  system_prompt: 'systemPrompt',
  stop: 'stop',
  reasoning_effort: 'effort',
  // What it says of `defaults` as a whole is about the arguments of the template.
  defaults: 'templateArguments',
  chat_template_kwargs: 'templateArguments',
  tools: 'tools',
};

/** What the manager refused, at the fields that it is about; what is about none of them is `failure`. */
export function profileRefusal(
  error: ApiError,
  draft: ProfileDraft,
): { problems: ProfileProblems; failure: string } {
  const problems: ProfileProblems = {};
  for (const [field, message] of Object.entries(error.fields)) {
    const place = FORM_FIELDS[field];
    if (place) problems[place] = message;
  }
  if (error.code === 'profile_name_taken') problems.name = error.message;
  if (error.code === 'placement_unavailable') problems.placement = error.message;
  if (error.code === 'profile_model_missing') {
    const adapter = draft.adapter.trim();
    const about = adapter && error.message.includes(adapter) ? 'adapter' : 'model';
    problems[about] = error.message;
  }
  return { problems, failure: Object.keys(problems).length > 0 ? '' : error.message };
}

function numbersOf(defaults: ProfileDefaults): Record<NumberName, string> {
  const entries = NUMBERS.map(({ name }) => [name, defaults[name]?.toString() ?? '']);
  return Object.fromEntries(entries) as Record<NumberName, string>;
}

/** The manager's own rule, so that it is told while one types. */
function nameProblem(name: string): string | null {
  if (!name) return words.form.nameMissing;
  if (name.startsWith('mlx-manager/')) return words.form.nameReserved;
  if (!NAME.test(name) || name.includes('..')) return words.form.nameInvalid;
  return tooLong(name, LONGEST_NAME);
}

function tooLong(text: string, longest: number): string | null {
  return text.length > longest ? words.form.tooLong(longest) : null;
}

function rangeSentence({ low, high, whole }: NumberRange): string {
  if (Math.abs(low) > 1e15) return words.form.notWhole;
  const shown = (value: number) => (Math.abs(value) >= 1000 ? count(value) : String(value));
  // The smallest number that is more than nothing stands for "more than 0".
  const least = low > 0 && low < 0.001 ? words.form.moreThanZero : shown(low);
  return whole
    ? words.form.wholeBetween(least, shown(high))
    : words.form.between(least, shown(high));
}

function jsonOf(value: object | undefined): string {
  return value && Object.keys(value).length > 0 ? JSON.stringify(value, null, 2) : '';
}

function parseArguments(text: string): { value: Record<string, unknown>; problem: string | null } {
  if (!text.trim()) return { value: {}, problem: null };
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject
      ? { value: value as Record<string, unknown>, problem: null }
      : { value: {}, problem: words.form.notObject };
  } catch (problem) {
    return { value: {}, problem: words.form.notJson((problem as Error).message) };
  }
}
