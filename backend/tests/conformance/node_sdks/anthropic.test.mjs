import assert from 'node:assert/strict';
import test from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { apiKey, citySchema, model, question, url } from './served.mjs';

const client = new Anthropic({ baseURL: url, apiKey, maxRetries: 0 });
const messages = [{ role: 'user', content: question }];
const ask = { model, messages, temperature: 0, max_tokens: 40 };
const tools = [{ name: 'find_city', description: 'Find a city.', input_schema: citySchema }];

test('a message streams the text of the whole one', async () => {
  const whole = await client.messages.create(ask);
  const stream = client.messages.stream(ask);
  let text = '';
  stream.on('text', (piece) => { text += piece; });
  const final = await stream.finalMessage();
  assert.ok(text.length > 0);
  assert.equal(text, whole.content[0].text);
  assert.deepEqual(final.content, whole.content);
  assert.equal(final.stop_reason, whole.stop_reason);
  assert.equal(final.usage.output_tokens, whole.usage.output_tokens);
});

test('a required tool is called, and its result is taken back', async () => {
  const body = { ...ask, tools, tool_choice: { type: 'any' }, max_tokens: 200 };
  const made = await client.messages.stream(body).finalMessage();
  const call = made.content.find((block) => block.type === 'tool_use');
  assert.equal(made.stop_reason, 'tool_use');
  assert.equal(typeof call.input.city, 'string');
  const result = { type: 'tool_result', tool_use_id: call.id, content: 'It is a port.' };
  const turns = [
    ...messages,
    { role: 'assistant', content: made.content },
    { role: 'user', content: [result] },
  ];
  const answer = await client.messages.create({ ...ask, messages: turns, tools });
  assert.ok(answer.content.length > 0);
});

test('tokens are counted as they are charged', async () => {
  const counted = await client.messages.countTokens({ model, messages });
  const { usage } = await client.messages.create(ask);
  assert.equal(counted.input_tokens, usage.input_tokens + usage.cache_read_input_tokens);
});

test('beta features and unknown fields do no harm', async () => {
  const reply = await client.beta.messages.create({
    ...ask,
    betas: ['context-management-2025-06-27'],
    context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    metadata: { user_id: 'somebody' },
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
  });
  assert.equal(reply.type, 'message');
});

test('errors are the classes that programs catch', async () => {
  const nobody = { ...ask, model: 'nobody/nothing' };
  await assert.rejects(client.messages.create(nobody), Anthropic.NotFoundError);
  await assert.rejects(client.messages.create({ ...ask, max_tokens: 0 }), Anthropic.BadRequestError);
});
