/**
 * How each tool is told of this manager, with the real address, key and model filled in. Pure.
 *
 * Sources: the tools' own pages on custom providers (Claude Code: environment variables; Codex:
 * config.toml, `wire_api` must be "responses"; opencode: providers; Continue: config.yaml, schema v1).
 */
import { keys } from '$lib/strings/keys';

export interface Connection {
  /** The manager's address without a path: "http://127.0.0.1:8080". */
  origin: string;
  key: string;
  model: string;
}

export interface Snippet {
  id: string;
  /** What people call the tool. */
  tool: string;
  /** The file it goes into; null for what is run as it stands. */
  file: string | null;
  language: 'sh' | 'python' | 'js' | 'toml' | 'json' | 'yaml';
  text: string;
}

const words = keys.snippets;
const QUESTION = words.question;
const ENVIRONMENT = 'MLX_MANAGER_KEY';

export function snippetsFor(connection: Connection): Snippet[] {
  return [
    { id: 'curl', tool: 'curl', file: null, language: 'sh', text: curl(connection) },
    { id: 'python', tool: 'Python', file: null, language: 'python', text: python(connection) },
    { id: 'node', tool: 'Node', file: null, language: 'js', text: node(connection) },
    { id: 'claude', tool: 'Claude Code', file: null, language: 'sh', text: claude(connection) },
    {
      id: 'codex',
      tool: 'Codex',
      file: '~/.codex/config.toml',
      language: 'toml',
      text: codex(connection),
    },
    {
      id: 'opencode',
      tool: 'opencode',
      file: 'opencode.json',
      language: 'json',
      text: opencode(connection),
    },
    {
      id: 'continue',
      tool: 'Continue',
      file: '~/.continue/config.yaml',
      language: 'yaml',
      text: continueYaml(connection),
    },
  ];
}

function curl({ origin, key, model }: Connection): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: QUESTION }] });
  return [
    `curl ${shell(`${origin}/v1/chat/completions`)} \\`,
    `  -H ${shell(`Authorization: Bearer ${key}`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${shell(body)}`,
  ].join('\n');
}

function python({ origin, key, model }: Connection): string {
  return `# pip install openai
from openai import OpenAI

client = OpenAI(base_url=${quoted(`${origin}/v1`)}, api_key=${quoted(key)})
reply = client.chat.completions.create(
    model=${quoted(model)},
    messages=[{"role": "user", "content": ${quoted(QUESTION)}}],
)
print(reply.choices[0].message.content)`;
}

function node({ origin, key, model }: Connection): string {
  return `// npm install openai
import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: ${quoted(`${origin}/v1`)},
  apiKey: ${quoted(key)},
});
const reply = await client.chat.completions.create({
  model: ${quoted(model)},
  messages: [{ role: 'user', content: ${quoted(QUESTION)} }],
});
console.log(reply.choices[0].message.content);`;
}

/** Claude Code appends /v1/messages itself. Its small model is asked for on its own. */
function claude({ origin, key, model }: Connection): string {
  return `export ANTHROPIC_BASE_URL=${shell(origin)}
export ANTHROPIC_AUTH_TOKEN=${shell(key)}
export ANTHROPIC_MODEL=${shell(model)}
export ANTHROPIC_DEFAULT_HAIKU_MODEL=${shell(model)}
claude`;
}

/** Codex reads the key from the environment only. */
function codex({ origin, key, model }: Connection): string {
  return `# ${words.first}: export ${ENVIRONMENT}=${shell(key)}
model = ${quoted(model)}
model_provider = "mlx-manager"

[model_providers.mlx-manager]
name = "MLX Manager"
base_url = ${quoted(`${origin}/v1`)}
env_key = "${ENVIRONMENT}"
wire_api = "responses"`;
}

function opencode({ origin, key, model }: Connection): string {
  const config = {
    $schema: 'https://opencode.ai/config.json',
    provider: {
      'mlx-manager': {
        npm: '@ai-sdk/openai-compatible',
        name: 'MLX Manager',
        options: { baseURL: `${origin}/v1`, apiKey: key },
        models: { [model]: { name: model } },
      },
    },
    model: `mlx-manager/${model}`,
  };
  return JSON.stringify(config, null, 2);
}

/** Strings are written as JSON writes them, which YAML reads too. */
function continueYaml({ origin, key, model }: Connection): string {
  return `name: MLX Manager
version: 1.0.0
schema: v1
models:
  - name: ${quoted(model)}
    provider: openai
    model: ${quoted(model)}
    apiBase: ${quoted(`${origin}/v1`)}
    apiKey: ${quoted(key)}
    roles: [chat, edit, apply]`;
}

/** A string literal that Python, JavaScript, TOML and YAML read alike. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** One word for a POSIX shell. */
function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
