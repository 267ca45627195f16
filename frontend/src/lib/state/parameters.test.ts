import { describe, expect, it } from 'vitest';
import { Parameters } from './parameters.svelte';
import { EXAMPLE_TOOLS } from './tools';

describe('parameters', () => {
  it('leave out what was not chosen', () => {
    expect(new Parameters().options('m')).toEqual({ thinking: false, model: 'm' });
  });

  it('send what was chosen, zero among it', () => {
    const parameters = new Parameters();
    parameters.temperature = 0;
    parameters.maxTokens = 20;
    parameters.thinking = true;
    parameters.toolsText = JSON.stringify(EXAMPLE_TOOLS);
    expect(parameters.options(null)).toEqual({
      thinking: true,
      temperature: 0,
      max_tokens: 20,
      tools: EXAMPLE_TOOLS,
    });
  });

  it('send a schema that reads as one, and nothing while it does not', () => {
    const parameters = new Parameters();
    parameters.schemaText = '{"type": "object"}';
    expect(parameters.options(null).json_schema).toEqual({ type: 'object' });
    parameters.schemaText = '{"type": "obj';
    expect(parameters.valid).toBe(false);
    expect(parameters.options(null)).not.toHaveProperty('json_schema');
  });

  it('stay over a reload, and go back to the defaults', () => {
    new Parameters().temperature = 0.4;
    const reloaded = new Parameters();
    expect(reloaded.temperature).toBe(0.4);
    reloaded.reset();
    expect(new Parameters().temperature).toBeNull();
  });

  it.each([0, -1, 1.5, Number.NaN])('refuse %d as a number of tokens', (value) => {
    const parameters = new Parameters();
    parameters.maxTokens = value;
    expect(parameters.valid).toBe(false);
  });
});
