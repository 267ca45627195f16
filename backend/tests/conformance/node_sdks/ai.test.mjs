import assert from 'node:assert/strict';
import test from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Output, generateText, jsonSchema, streamText, tool } from 'ai';
import { apiKey, citySchema, model, question, url } from './served.mjs';

const baseURL = `${url}/v1`;
const openai = createOpenAI({ baseURL, apiKey });
const compatible = createOpenAICompatible({
  name: 'mlx-manager', baseURL, apiKey, supportsStructuredOutputs: true, includeUsage: true,
});
const models = {
  'OpenAI responses': openai.responses(model),
  'OpenAI chat': openai.chat(model),
  'OpenAI-compatible': compatible(model),
  Anthropic: createAnthropic({ baseURL, apiKey })(model),
};
const schema = jsonSchema(citySchema);
const settings = { temperature: 0, maxRetries: 0, maxOutputTokens: 200, prompt: question };

for (const [name, language] of Object.entries(models)) {
  test(`${name}: a text streams as it is generated whole`, async () => {
    const whole = await generateText({ ...settings, model: language });
    let text = '';
    const stream = streamText({ ...settings, model: language });
    for await (const piece of stream.textStream) text += piece;
    assert.ok(text.length > 0);
    assert.equal(text, whole.text);
    assert.equal((await stream.usage).outputTokens, whole.usage.outputTokens);
  });

  test(`${name}: a required tool is called, run, and its result sent back`, async () => {
    const ran = [];
    const find_city = tool({
      description: 'Find a city.',
      inputSchema: schema,
      execute: async (input) => { ran.push(input); return 'It is a port.'; },
    });
    const { steps } = await generateText({
      ...settings,
      model: language,
      tools: { find_city },
      stopWhen: ({ steps: taken }) => taken.length === 2,
      prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
    });
    assert.ok(ran.length > 0);
    assert.equal(typeof ran[0].city, 'string');
    assert.equal(steps.length, 2);
  });

  test(`${name}: an object follows its schema`, async () => {
    const { output } = await generateText({
      ...settings, model: language, output: Output.object({ schema }),
    });
    assert.equal(typeof output.city, 'string');
    assert.ok(['capital', 'port'].includes(output.kind));
  });
}
