/** Whether a limit on memory is the one in force. Pure. */

const GIB = 1024 ** 3;
/** What rounding may take off a limit before another one counts as smaller. */
const SLACK = 0.005;

/**
 * The budget in GiB where something smaller than the limit holds: the machine's share, or what its
 * GPU recommends. Null where the limit itself does, and where the budget is not known.
 */
export function smallerBudget(limitGib: unknown, budgetBytes: number | undefined): number | null {
  if (typeof limitGib !== 'number' || !budgetBytes) return null;
  const budgetGib = budgetBytes / GIB;
  return budgetGib < limitGib * (1 - SLACK) ? budgetGib : null;
}
