/** What a model's files promise beside what it did. Pure. */
import type { Capabilities, ProbeCheck, ProbeName } from '$lib/api/types';

export type Outcome = 'passed' | 'failed' | 'untried';

export interface ProbeRow {
  name: ProbeName;
  promised: boolean;
  outcome: Outcome;
  check: ProbeCheck | null;
}

const ORDER: readonly ProbeName[] = [
  'files',
  'text',
  'schema',
  'tools',
  'reasoning',
  'embeddings',
  'rerank',
];

/** The capabilities whose trial says whether they hold; of the others only the files speak. */
const TRIAL_OF: Partial<Record<keyof Capabilities, ProbeName>> = {
  chat: 'text',
  tools: 'tools',
  reasoning: 'reasoning',
  embeddings: 'embeddings',
  rerank: 'rerank',
};

/** What is promised or was tried, in the order of trying. */
export function probeRows(
  capabilities: Capabilities | null,
  checks: readonly ProbeCheck[],
): ProbeRow[] {
  return ORDER.map((name) => {
    const check = checks.find((each) => each.name === name) ?? null;
    return { name, promised: isPromised(name, capabilities), outcome: outcomeOf(check), check };
  }).filter((row) => row.promised || row.check !== null);
}

/** Whether a capability held when it was tried. */
export function outcomeFor(capability: keyof Capabilities, checks: readonly ProbeCheck[]): Outcome {
  const name = TRIAL_OF[capability];
  return outcomeOf(checks.find((each) => each.name === name) ?? null);
}

function outcomeOf(check: ProbeCheck | null): Outcome {
  if (check === null) return 'untried';
  return check.passed ? 'passed' : 'failed';
}

function isPromised(name: ProbeName, can: Capabilities | null): boolean {
  if (can === null || name === 'files') return false;
  if (name === 'text') return !can.embeddings && !can.rerank;
  if (name === 'schema') return can.chat && !can.embeddings && !can.rerank;
  // Where it gives vectors or ranks, the manager tries that and nothing else.
  if (name === 'embeddings' || name === 'rerank') return can[name];
  return can[name] && !can.embeddings && !can.rerank;
}
