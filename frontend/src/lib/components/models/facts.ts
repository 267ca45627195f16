/** What both lists say of a model in one line. Pure. */
import type { Capabilities, Quantization } from '$lib/api/types';
import { count } from '$lib/format';
import { modelPages } from '$lib/strings/model-pages';

const words = modelPages;

export const CAPABILITIES = [
  'chat',
  'tools',
  'reasoning',
  'vision',
  'embeddings',
  'rerank',
  'draft',
] as const;

/** "4-bit", or null where the files do not say. */
export function quantizationName(quantization: Quantization | null): string | null {
  return quantization?.bits ? words.quantized(quantization.bits) : null;
}

export type CapabilityName = (typeof CAPABILITIES)[number];

/** What a model can do, the most asked for first. */
export function capabilitiesOf(capabilities: Capabilities | null): CapabilityName[] {
  return capabilities ? CAPABILITIES.filter((name) => capabilities[name]) : [];
}

/** Facts with a dot between them; what is not known is left out. */
export function factLine(...facts: (string | null | undefined)[]): string {
  return facts.filter(Boolean).join(' · ');
}

export function contextName(tokens: number | null): string | null {
  return tokens ? words.contextOf(count(tokens)) : null;
}
