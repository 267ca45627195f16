import { describe, expect, it } from 'vitest';
import { snippetsFor, type Connection } from './snippets';

const CONNECTION: Connection = {
  origin: 'http://127.0.0.1:8080',
  key: 'mlx-secret',
  model: 'mlx-manager/guide',
};

const text = (id: string, connection = CONNECTION) =>
  snippetsFor(connection).find((snippet) => snippet.id === id)?.text ?? '';

describe('the snippets', () => {
  it('all carry the real address, key and model', () => {
    const snippets = snippetsFor(CONNECTION);
    expect(snippets.map((snippet) => snippet.tool)).toEqual([
      'curl',
      'Python',
      'Node',
      'Claude Code',
      'Codex',
      'opencode',
      'Continue',
    ]);
    for (const snippet of snippets) {
      for (const part of Object.values(CONNECTION)) expect(snippet.text).toContain(part);
    }
  });

  it('lead to /v1, except for Claude Code, which appends it itself', () => {
    for (const { id, text } of snippetsFor(CONNECTION)) {
      expect(text.includes('8080/v1'), id).toBe(id !== 'claude');
    }
  });

  it('keep a quote in a name from ending the word', () => {
    const odd = { ...CONNECTION, model: `it's "odd"` };
    expect(text('claude', odd)).toContain(`ANTHROPIC_MODEL='it'\\''s "odd"'`);
    expect(text('curl', odd)).toContain(`'\\''s \\"odd\\"`);
    expect(text('python', odd)).toContain(`model="it's \\"odd\\""`);
    expect(JSON.parse(text('opencode', odd)).model).toBe(`mlx-manager/it's "odd"`);
  });

  it('tell Codex to speak the only protocol it has', () => {
    expect(text('codex')).toContain('wire_api = "responses"');
    expect(text('codex')).toContain("export MLX_MANAGER_KEY='mlx-secret'");
  });
});
