/** Measures the contrasts that UI.md promises, in the colours as they are written in tokens.css. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const PAIR = /--([a-z0-9-]+): light-dark\(\s*oklch\(([\d. ]+)\),\s*oklch\(([\d. ]+)\)\s*\)/g;

type Theme = 'light' | 'dark';
const luminance = new Map<string, Record<Theme, number>>();
for (const [, name = '', light = '', dark = ''] of css.matchAll(PAIR)) {
  luminance.set(name, { light: luminanceOf(light), dark: luminanceOf(dark) });
}

/** WCAG relative luminance of "L C H" in OKLCH, clipped to sRGB. Source: CSS Color 4, WCAG 2.2. */
function luminanceOf(oklch: string): number {
  const [lightness = 0, chroma = 0, hue = 0] = oklch.split(' ').map(Number);
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(over: string, under: string, theme: Theme): number {
  const first = luminance.get(over)?.[theme] ?? Number.NaN;
  const second = luminance.get(under)?.[theme] ?? Number.NaN;
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

const SERIES = [1, 2, 3, 4, 5, 6].map((place) => `series-${place}`);
const SURFACES = ['surface-0', 'surface-1', 'surface-2', 'surface-3', 'code'];
const atLeast = (least: number, inks: string[], surfaces: string[]) =>
  inks.flatMap((ink) => surfaces.map((surface) => [ink, surface, least] as const));

describe.each(['light', 'dark'] as const)('contrast, %s', (theme) => {
  it.each([
    ...atLeast(7, ['ink', 'ink-soft'], ['surface-0', 'code']),
    ...atLeast(7, ['ink'], ['surface-2', 'bad-soft']),
    ...atLeast(4.5, ['ink', 'ink-soft'], SURFACES),
    ...atLeast(4.5, ['accent', 'good', 'warn', 'bad'], ['surface-0', 'surface-1', 'surface-2']),
    ...atLeast(4.5, ['accent-strong', 'code-name', 'good', 'warn', 'bad'], ['code']),
    ...atLeast(4.5, ['accent-strong'], ['accent-soft', 'surface-2']),
    ...atLeast(4.5, ['on-accent'], ['accent', 'accent-strong']),
    ...atLeast(4.5, ['bad'], ['bad-soft']),
    ...atLeast(3, SERIES, ['surface-0', 'surface-2']),
    ...atLeast(3, ['line-strong'], ['surface-0', 'surface-1', 'code']),
  ])('%s on %s is at least %d to 1', (ink, surface, least) => {
    expect(contrast(ink, surface, theme)).toBeGreaterThanOrEqual(least);
  });
});
