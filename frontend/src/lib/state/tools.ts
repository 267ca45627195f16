/** Reads the tools a person typed: a JSON list of OpenAI function tools. Pure. */
import type { FunctionTool } from '$lib/api/types';
import { strings } from '$lib/strings';

export type ParsedTools = { tools: FunctionTool[]; problem: null } | { tools: []; problem: string };

/** Empty text is no tools; anything else must be a list whose entries name a function. */
export function parseTools(text: string): ParsedTools {
  const words = strings.parameters.problems;
  if (!text.trim()) return { tools: [], problem: null };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (problem) {
    return { tools: [], problem: words.notJson((problem as Error).message) };
  }
  if (!Array.isArray(value)) return { tools: [], problem: words.notList };
  for (const [index, entry] of (value as unknown[]).entries()) {
    const problem = problemOf(entry, index + 1);
    if (problem) return { tools: [], problem };
  }
  return { tools: value as FunctionTool[], problem: null };
}

function problemOf(entry: unknown, place: number): string | null {
  const words = strings.parameters.problems;
  const tool = entry as Partial<FunctionTool> | null;
  if (tool?.type !== 'function' || typeof tool.function !== 'object' || !tool.function) {
    return words.notFunction(place);
  }
  const { name } = tool.function;
  return typeof name === 'string' && name ? null : words.noName(place);
}

export const EXAMPLE_TOOLS: FunctionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: strings.parameters.toolsExampleText,
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
      },
    },
  },
];
