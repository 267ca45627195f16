/** What a page knows because of who is logged in, and forgets when they are not. */
const forgetters: (() => void)[] = [];

/** Called once by each store that holds somebody's data. */
export function belongsToSession(forget: () => void): void {
  forgetters.push(forget);
}

export function forgetBelongings(): void {
  for (const forget of forgetters) forget();
}
