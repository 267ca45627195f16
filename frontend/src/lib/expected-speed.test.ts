import { describe, expect, it } from 'vitest';
import { activeShare, expectedSpeed } from './expected-speed';

const GB = 1e9;
const mac = (processor: string | null) => ({ computes_on: 'metal', processor }) as const;

describe('the expected speed', () => {
  it('is what the memory of the machine gives for the size of a model', () => {
    expect(expectedSpeed('org/Small-3B-4bit', 1.8 * GB, mac('Apple M2'))).toBe('quick');
    expect(expectedSpeed('org/Middle-8B-4bit', 4.6 * GB, mac('Apple M2'))).toBe('steady');
    expect(expectedSpeed('org/Large-32B-4bit', 18 * GB, mac('Apple M2'))).toBe('slow');
    expect(expectedSpeed('org/Large-32B-4bit', 18 * GB, mac('Apple M2 Ultra'))).toBe('steady');
  });

  it('is less on a processor alone, and guessed for a chip nobody knows', () => {
    const cpu = { computes_on: 'cpu', processor: 'AMD EPYC' } as const;
    expect(expectedSpeed('org/Middle-8B-4bit', 4.6 * GB, cpu)).toBe('slow');
    expect(expectedSpeed('org/Small-1B-4bit', 0.4 * GB, cpu)).toBe('quick');
    expect(expectedSpeed('org/Middle-8B-4bit', 4.6 * GB, mac('Apple M99'))).toBe('steady');
    expect(expectedSpeed('org/Middle-8B-4bit', 4.6 * GB, mac(null))).toBe('steady');
  });

  it('counts of a mixture of experts only what each word goes through', () => {
    expect(activeShare('mlx-community/Qwen3-30B-A3B-4bit')).toBeCloseTo(0.1);
    expect(activeShare('mlx-community/Llama-3.2-3B-Instruct-4bit')).toBe(1);
    expect(expectedSpeed('org/Q-30B-A3B-4bit', 17 * GB, mac('Apple M4'))).toBe('quick');
  });
});
