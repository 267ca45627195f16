/** "Firefox on Linux" from a User-Agent, as far as it tells. Pure. */
const PROGRAMS: readonly [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/HeadlessChrome\/|Chrome\/|CriOS\//, 'Chrome'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^python|httpx|aiohttp/i, 'Python'],
  [/^node|undici/i, 'Node'],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Linux|X11/, 'Linux'],
];

/** Null when neither program nor system can be told. */
export function deviceName(agent: string): { program: string | null; system: string | null } {
  const first = (table: readonly [RegExp, string][]) =>
    table.find(([pattern]) => pattern.test(agent))?.[1] ?? null;
  return { program: first(PROGRAMS), system: first(SYSTEMS) };
}
