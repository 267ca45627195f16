/** How bad a line of a log is, by the level that it names. Pure. */
export type LogTone = 'plain' | 'warn' | 'bad';

// As logging writes it, after the time: "2026-01-02 03:04:05,678 WARNING message".
const LEVEL = /^[\d\-:.,TZ+ ]{0,40}\[?(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b/;

export function logTone(line: string): LogTone {
  const level = LEVEL.exec(line)?.[1];
  if (level === 'ERROR' || level === 'CRITICAL') return 'bad';
  return level === 'WARNING' ? 'warn' : 'plain';
}
