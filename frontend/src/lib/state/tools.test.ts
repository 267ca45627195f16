import { describe, expect, it } from 'vitest';
import { EXAMPLE_TOOLS, parseTools } from './tools';

describe('tools a person typed', () => {
  it('are none for empty text, and the list when it is right', () => {
    expect(parseTools('  \n')).toEqual({ tools: [], problem: null });
    expect(parseTools(JSON.stringify(EXAMPLE_TOOLS))).toEqual({
      tools: EXAMPLE_TOOLS,
      problem: null,
    });
  });

  it.each([
    ['[{', 'not JSON'],
    ['{"type":"function"}', 'Give a list'],
    ['[null]', 'Tool 1'],
    ['[{"type":"function","function":{"name":"a"}}, {"type":"web"}]', 'Tool 2'],
    ['[{"type":"function","function":{}}]', '"name"'],
    ['[{"type":"function","function":{"name":""}}]', '"name"'],
  ])('%s is told what is wrong', (text, part) => {
    const { tools, problem } = parseTools(text);
    expect(tools).toEqual([]);
    expect(problem).toContain(part);
  });
});
