/** When a profile's model is unloaded, in words. Pure. */
import { timeSpan } from '$lib/format';
import { profiles as words } from '$lib/strings/profiles';

/** `seconds`: 0 never, null as the server's setting says. */
export function idleSentence(seconds: number | null): string {
  if (seconds === null) return words.idle.server;
  return seconds === 0 ? words.idle.never : words.idle.after(timeSpan(seconds));
}
