import { describe, expect, it } from 'vitest';
import { ApiError } from '$lib/api/errors';
import { aProfile } from '$lib/testing/profiles';
import {
  emptyProfile,
  profileDraftOf,
  profileProblems,
  profileRefusal,
  profileRequestOf,
} from './profile-draft';

const good = { ...emptyProfile(), name: 'writer', model: 'org/one' };
const refusal = (code: string, message: string, fields: Record<string, string> = {}) =>
  new ApiError(message, 409, code, fields);

describe("a profile's form", () => {
  it('leaves to the server what is empty', () => {
    expect(profileProblems(good)).toEqual({});
    expect(profileRequestOf(good)).toEqual({
      name: 'writer',
      description: '',
      model: 'org/one',
      adapter: null,
      placement: 'embedded',
      pinned: false,
      start_with_server: false,
      idle_seconds: null,
      log_level: 'INFO',
      defaults: {
        temperature: null,
        max_tokens: null,
        top_p: null,
        top_k: null,
        min_p: null,
        context_length: null,
        repetition_penalty: null,
        presence_penalty: null,
        frequency_penalty: null,
        seed: null,
        system_prompt: null,
        stop: [],
        reasoning_effort: null,
        parallel_tool_calls: null,
        chat_template_kwargs: {},
        tools: [],
      },
    });
  });

  it('gives back a profile as it came, whatever it holds', () => {
    const full = aProfile({
      adapter: 'org/tune',
      description: 'Short and kind',
      placement: 'process',
      pinned: true,
      start_with_server: true,
      idle_seconds: 450,
      log_level: 'DEBUG',
      defaults: {
        temperature: 0,
        max_tokens: 100_000,
        top_p: 0.95,
        top_k: 0,
        min_p: 0.05,
        context_length: 4096,
        repetition_penalty: 1.1,
        presence_penalty: -0.5,
        frequency_penalty: 2,
        seed: -7,
        system_prompt: ' Be kind.\n',
        stop: ['\n\n', 'C:\\n', '\tend'],
        reasoning_effort: 'low',
        parallel_tool_calls: false,
        chat_template_kwargs: { enable_thinking: false },
        tools: [{ type: 'function', function: { name: 'find' } }],
      },
    });
    const request = profileRequestOf(profileDraftOf(full));
    expect(profileProblems(profileDraftOf(full))).toEqual({});
    const kept = Object.keys(request).map((name) => [name, full[name as keyof typeof full]]);
    expect(request).toEqual(Object.fromEntries(kept));
  });

  it.each([
    ['', /Give it a name/],
    ['-writer', /Begin with a letter/],
    ['a writer', /Begin with a letter/],
    ['a..b', /Begin with a letter/],
    ['mlx-manager/guide', /built-in/],
    ['a'.repeat(101), /at most 100/],
  ])('refuses %j as a name', (name, problem) => {
    expect(profileProblems({ ...good, name }).name).toMatch(problem);
  });

  it.each([
    ['temperature', '2.5', 'between 0 and 2'],
    ['temperature', 'hot', 'between 0 and 2'],
    ['top_p', '0', 'between more than 0 and 1'],
    ['max_tokens', '1.5', 'whole number between 1 and 10\u202f000\u202f000'],
    ['context_length', '8', 'between 16'],
    ['seed', '1e999', 'whole number'],
  ] as const)('says what %s may be where it is %j', (name, text, problem) => {
    expect(profileProblems({ ...good, [name]: text })[name]).toContain(problem);
  });

  it('says what is wrong with JSON', () => {
    const problems = profileProblems({ ...good, templateArguments: '[1]', tools: '{' });
    expect(problems.templateArguments).toContain('object');
    expect(problems.tools).toContain('not JSON');
  });

  it('misses the model, and counts the stop texts', () => {
    const stop = Array.from({ length: 17 }, (_, place) => `stop ${place}`).join('\n');
    const problems = profileProblems({ ...good, model: ' ', stop });
    expect(problems.model).toContain('Choose a model');
    expect(problems.stop).toContain('at most 16');
  });
});

describe('a refusal by the manager', () => {
  it('stands at the fields that it names', () => {
    const fields = { top_k: 'too many', defaults: 'chat_template_kwargs.tools is set', name: 'x' };
    const { problems, failure } = profileRefusal(refusal('validation_failed', '', fields), good);
    expect(problems).toEqual({
      top_k: 'too many',
      templateArguments: 'chat_template_kwargs.tools is set',
      name: 'x',
    });
    expect(failure).toBe('');
  });

  it('stands at the field that its code is about', () => {
    const at = (code: string, message: string, adapter = '') =>
      profileRefusal(refusal(code, message), { ...good, adapter }).problems;
    expect(at('profile_name_taken', 'Taken.')).toEqual({ name: 'Taken.' });
    expect(at('placement_unavailable', 'Not here.')).toEqual({ placement: 'Not here.' });
    expect(at('profile_model_missing', 'No org/one.', 'tune')).toEqual({ model: 'No org/one.' });
    expect(at('profile_model_missing', 'No tune.', 'tune')).toEqual({ adapter: 'No tune.' });
  });

  it('stands below the form where it is about none', () => {
    const { problems, failure } = profileRefusal(refusal('profile_in_use', 'It runs.'), good);
    expect([problems, failure]).toEqual([{}, 'It runs.']);
  });
});
