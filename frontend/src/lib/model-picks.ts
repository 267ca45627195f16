/** Three models for a machine, out of what the hub offers: small, balanced, and large. Pure. */
import type { HubModel } from '$lib/api/types';

export type PickRole = 'small' | 'balanced' | 'large';

export interface ModelPick {
  role: PickRole;
  model: HubModel;
}

/** Small is this or less, wherever something larger fits as well. */
const SMALL_BYTES = 3e9;
/** The large one may be this much below the largest, to be one that many use. */
const LARGE_SHARE = 0.7;
/** The balanced one is at most this factor off the middle between the other two. */
const MIDDLE_FACTOR = 2;
/** Tags of the hub for what does not converse. */
const OTHER_TASKS: ReadonlySet<string> = new Set([
  'feature-extraction',
  'sentence-similarity',
  'text-ranking',
  'text-classification',
  'token-classification',
  'fill-mask',
  'automatic-speech-recognition',
  'text-to-speech',
  'image-classification',
]);

/** Comfortable is the verdict "fits", which leaves a tenth of the memory free. Smallest first. */
export function pickThree(models: readonly HubModel[]): ModelPick[] {
  const fitting = conversing(models.filter(isComfortable)).sort((a, b) => need(a) - need(b));
  const last = fitting.at(-1);
  if (!last) return [];
  const large = mostUsed(fitting.filter((each) => need(each) >= LARGE_SHARE * need(last))) ?? last;
  const rest = fitting.filter((each) => each !== large && need(each) <= need(large));
  const smallest = Math.min(SMALL_BYTES, need(large) / 2);
  const small = mostUsed(rest.filter((each) => need(each) <= smallest)) ?? rest[0];
  if (!small) return [{ role: 'small', model: large }];
  const balanced = between(small, large, rest);
  return [
    { role: 'small', model: small },
    ...(balanced ? [{ role: 'balanced' as const, model: balanced }] : []),
    { role: 'large', model: large },
  ];
}

/** The most used near the middle of both; sizes are compared by their ratio. */
function between(small: HubModel, large: HubModel, rest: HubModel[]): HubModel | undefined {
  const others = rest.filter((each) => each !== small && need(each) >= need(small));
  const middle = Math.sqrt(need(small) * need(large));
  const off = (each: HubModel) => Math.abs(Math.log(need(each) / middle));
  const near = others.filter((each) => off(each) <= Math.log(MIDDLE_FACTOR));
  return mostUsed(near) ?? others.sort((a, b) => off(a) - off(b))[0];
}

function isComfortable({ fit, unsupported, gated, tags }: HubModel): boolean {
  const runs = fit.verdict === 'fits' && fit.needed_bytes !== null && unsupported === null;
  return runs && !gated && !tags.some((tag) => OTHER_TASKS.has(tag));
}

/** Those trained to answer, as long as there are three of them. */
function conversing(models: HubModel[]): HubModel[] {
  const answering = models.filter(
    ({ id, tags }) => tags.includes('conversational') || /instruct|chat|-it\b/i.test(id),
  );
  return answering.length >= 3 ? answering : models;
}

function mostUsed(models: readonly HubModel[]): HubModel | undefined {
  return [...models].sort((a, b) => b.downloads - a.downloads)[0];
}

function need({ fit }: HubModel): number {
  return Math.max(1, fit.needed_bytes ?? 0);
}
