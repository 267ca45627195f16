/** What a page knows because of who is logged in, and forgets when they are not. */
const forgetters: (() => void)[] = [];
const personal: (() => void)[] = [];

/** Called once by each store that holds somebody's data. */
export function belongsToSession(forget: () => void): void {
  forgetters.push(forget);
}

export function forgetBelongings(): void {
  for (const forget of forgetters) forget();
}

/** Called once by each store whose data the browser keeps for the same person's next session. */
export function belongsToPerson(forget: () => void): void {
  personal.push(forget);
}

export function forgetPersonal(): void {
  for (const forget of personal) forget();
}
