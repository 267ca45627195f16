/** The names in a text, one a line or parted by commas, each once. Pure. */
export function namesIn(text: string): string[] {
  const names = text.split(/[\n,]/).map((line) => line.trim());
  return [...new Set(names.filter(Boolean))];
}
