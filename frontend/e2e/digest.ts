/** The failures again at the very end, two lines each: of a long output the end is read first. */
import { existsSync, readFileSync } from 'node:fs';
import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { TOLD } from './watch.mjs';

const LINE = 240;
// eslint-disable-next-line no-control-regex -- colours
const COLOUR = /\u001b\[[\d;]*m/g;

export default class Digest implements Reporter {
  private readonly failures: string[] = [];

  onTestEnd(test: TestCase, result: TestResult) {
    if (test.outcome() === 'expected' || result.status === 'skipped') return;
    const [file, title] = test.titlePath().slice(-2);
    this.failures.push(`${file} \u203a ${title} (${Math.round(result.duration / 1000)} s)`);
    for (const { message = '' } of result.errors.slice(0, 2)) {
      const lines = message
        .replace(COLOUR, '')
        .split('\n')
        .filter((line) => line.trim());
      this.failures.push(`    ${lines.slice(0, 4).join(' | ').slice(0, LINE)}`);
    }
  }

  onEnd(result: FullResult) {
    if (result.status === 'passed') return;
    const told = existsSync(TOLD) ? readFileSync(TOLD, 'utf8').trim().split('\n').slice(-4) : [];
    console.log(['', 'In short:', ...this.failures, ...told].join('\n'));
  }
}
