/** Numbers as people type them, with their digits in groups. Pure. */
export function ungrouped(text: string): string {
  return text.replace(/[\s_]/g, '');
}

/** Whole, where a comma parts groups too. Null for an empty text, undefined for what is no such
 * number of `least` or more. */
export function wholeNumber(text: string, least = 0): number | null | undefined {
  const digits = ungrouped(text).replaceAll(',', '');
  if (digits === '') return null;
  return /^\d+$/.test(digits) && Number(digits) >= least ? Number(digits) : undefined;
}
