"""Anthropic's Messages, as its API reference describes them (docs.anthropic.com/en/api/messages),
as far as a local text model can serve them.

What enters: bodies of POST /v1/messages and /v1/messages/count_tokens. What leaves: messages,
their event stream, and errors in Anthropic's shape. Fields that only a hosted service can act on
(``metadata``, ``service_tier``, ``context_management``, ``cache_control``, ``betas``) are accepted
and passed over: agents send them whether or not a server knows them.
"""
