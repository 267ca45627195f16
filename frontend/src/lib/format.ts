/** Numbers and times as a person reads them. Pure; every function takes the moment it needs. */
import { strings } from '$lib/strings';
import { LOCALE } from '$lib/strings/locale';

/** Narrow, and no line breaks within a number. */
const THIN_SPACE = '\u202f';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'narrow' });
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'short' });
const shortNumber = new Intl.NumberFormat(LOCALE, {
  notation: 'compact',
  maximumFractionDigits: 1,
});
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const dayInUtc = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** Bytes as GB with one decimal, less than one as whole MB (GB = 10^9 bytes, as disks are sold). */
export function size(bytes: number): string {
  return bytes > 0 && bytes < 1e9
    ? `${Math.max(1, Math.round(bytes / 1e6))} MB`
    : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** What a text file takes, in whole kB. */
export function fileSize(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${Math.round(bytes / 1000)} kB`;
}

/** A count with thin separators: 12 345. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
}

/** A rate with one decimal under 100, none above. */
export function rate(perSecond: number): string {
  return perSecond < 100 ? perSecond.toFixed(1) : count(perSecond);
}

/** Bytes a second, small ones in kB. */
export function byteRate(bytesPerSecond: number): string {
  if (bytesPerSecond < 1e6) return `${Math.round(bytesPerSecond / 1000)} kB/s`;
  const megabytes = bytesPerSecond / 1e6;
  return `${megabytes < 100 ? megabytes.toFixed(1) : Math.round(megabytes)} MB/s`;
}

/** How long something still takes, in whole seconds, minutes, or hours and minutes. */
export function timeSpan(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ''}`;
}

/** A count in a few characters: 980, 12k, 3.4M. */
export function shortCount(value: number): string {
  return shortNumber.format(value).toLowerCase().replace('m', 'M');
}

/** A share of one as whole percent, never 100 before the end. */
export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** Milliseconds as "212 ms" or "1.4 s". */
export function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** "5m ago", "yesterday", then the date. */
export function relativeTime(moment: string, now: number): string {
  const then = Date.parse(moment);
  const age = Math.max(0, now - then);
  if (age < MINUTE_MS) return strings.time.justNow;
  if (age < HOUR_MS) return relative.format(-Math.floor(age / MINUTE_MS), 'minute');
  if (age < DAY_MS) return relative.format(-Math.floor(age / HOUR_MS), 'hour');
  if (age < 7 * DAY_MS) return relative.format(-Math.floor(age / DAY_MS), 'day');
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? day : dayOfYear).format(then);
}

/** "in 5d", "in 3h": how long until a moment that lies ahead. */
export function timeUntil(moment: string, now: number): string {
  const ahead = Math.max(0, Date.parse(moment) - now);
  if (ahead < HOUR_MS) return relative.format(Math.ceil(ahead / MINUTE_MS), 'minute');
  if (ahead < 2 * DAY_MS) return relative.format(Math.round(ahead / HOUR_MS), 'hour');
  return relative.format(Math.round(ahead / DAY_MS), 'day');
}

/** "3 Jan" of "2026-01-03", a day of UTC. */
export function dayName(date: string): string {
  return dayInUtc.format(Date.parse(date));
}

/** A share of one, rounded, small ones as "<1 %". */
export function share(value: number): string {
  if (value > 0 && value < 0.01) return '<1 %';
  return `${Math.round(value * 100)} %`;
}

/** A moment in milliseconds as the manager writes times. */
export function rfc3339(moment: number): string {
  return new Date(moment).toISOString();
}

export function exactTime(moment: string): string {
  return exact.format(Date.parse(moment));
}

/** JSON laid out over lines; text that is not JSON (yet) comes back as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The last part of a model id, which is what people call it. */
export function modelName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
