"""OpenAI's Responses API (developers.openai.com/api/reference/resources/responses) and the Open
Responses specification made from it (openresponses.org): items in, items and typed events out."""
