"""OpenAI's chat completions and completions, as its API reference describes them
(platform.openai.com/docs/api-reference), with the extensions that users of local models know."""
