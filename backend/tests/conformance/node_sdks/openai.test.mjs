import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI from 'openai';
import { apiKey, citySchema, model, question, url } from './served.mjs';

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
const messages = [{ role: 'user', content: question }];
const ask = { model, messages, temperature: 0, max_completion_tokens: 40 };
const parameters = citySchema;
const tools = [{ type: 'function', function: { name: 'find_city', parameters, strict: true } }];

function checkCity(text) {
  const { city, kind } = JSON.parse(text);
  assert.equal(typeof city, 'string');
  assert.ok(['capital', 'port'].includes(kind));
}

test('the models are listed', async () => {
  const ids = (await client.models.list()).data.map((entry) => entry.id);
  assert.ok(ids.includes(model));
});

test('a chat streams the text of the whole answer', async () => {
  const whole = await client.chat.completions.create(ask);
  const options = { stream: true, stream_options: { include_usage: true } };
  let text = '';
  let usage = null;
  for await (const chunk of await client.chat.completions.create({ ...ask, ...options })) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.ok(text.length > 0);
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(usage.total_tokens, whole.usage.total_tokens);
});

test('a required call arrives whole and in a stream', async () => {
  const body = { ...ask, tools, tool_choice: 'required', max_completion_tokens: 200 };
  const whole = await client.chat.completions.create(body);
  checkCity(whole.choices[0].message.tool_calls[0].function.arguments);
  assert.equal(whole.choices[0].finish_reason, 'tool_calls');
  const final = await client.chat.completions.stream(body).finalChatCompletion();
  const streamed = final.choices[0].message.tool_calls[0].function;
  assert.equal(streamed.name, 'find_city');
  checkCity(streamed.arguments);
});

test('a schema is followed and parsed', async () => {
  const json_schema = { name: 'city', schema: citySchema, strict: true };
  const response_format = { type: 'json_schema', json_schema };
  const body = { ...ask, response_format, max_completion_tokens: 200 };
  const reply = await client.chat.completions.parse(body);
  checkCity(JSON.stringify(reply.choices[0].message.parsed));
});

test('a completion has log probabilities', async () => {
  const reply = await client.completions.create({
    model, prompt: 'The server', max_tokens: 4, logprobs: 2,
  });
  assert.equal(reply.choices[0].logprobs.tokens.length, 4);
});

test('a response is kept, continued, streamed and deleted', async () => {
  const body = { model, temperature: 0, max_output_tokens: 40 };
  const first = await client.responses.create({ ...body, input: question });
  assert.ok(first.output_text.length > 0);
  assert.equal((await client.responses.retrieve(first.id)).output_text, first.output_text);
  const next = { ...body, input: 'And how do I start it?', previous_response_id: first.id };
  let text = '';
  let last = null;
  for await (const event of await client.responses.create({ ...next, stream: true })) {
    if (event.type === 'response.output_text.delta') text += event.delta;
    last = event;
  }
  assert.match(last.type, /^response\.(completed|incomplete)$/);
  assert.equal(text, last.response.output_text ?? last.response.output.at(-1).content[0].text);
  await client.responses.delete(first.id);
  await assert.rejects(client.responses.retrieve(first.id), OpenAI.NotFoundError);
});

test('a response follows a schema and calls a tool', async () => {
  const format = { type: 'json_schema', name: 'city', schema: citySchema, strict: true };
  const body = { model, input: question, temperature: 0, max_output_tokens: 200 };
  checkCity((await client.responses.create({ ...body, text: { format } })).output_text);
  const tool = { type: 'function', name: 'find_city', parameters, strict: true };
  const made = await client.responses.create({ ...body, tools: [tool], tool_choice: 'required' });
  checkCity(made.output.find((item) => item.type === 'function_call').arguments);
});

test('errors are the classes that programs catch', async () => {
  const nobody = { ...ask, model: 'nobody/nothing' };
  await assert.rejects(client.chat.completions.create(nobody), OpenAI.NotFoundError);
  const wrong = { ...ask, temperature: 9 };
  await assert.rejects(client.chat.completions.create(wrong), OpenAI.BadRequestError);
});

test('a stream that is left does not disturb the next', async () => {
  const stream = await client.chat.completions.create({ ...ask, stream: true });
  for await (const chunk of stream) if (chunk.choices.length) break;
  assert.ok((await client.chat.completions.create(ask)).choices[0].message.content.length > 0);
});
