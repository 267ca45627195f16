"""A Hugging Face hub in small: real files over HTTP, for the real ``huggingface_hub`` client.

It speaks the routes that the client uses (list and search of models, model info, tree, resolve
with the redirect to a content network, ranges, tokens, gated and private repositories) as the hub's
documentation and the client's source describe them, and misbehaves on command (``faults``).

In a test: ``async with hub_at(Hub(...))``. For a browser or a person:
``python -m tests.fakes.hub --port 18300 org/name=folder ...``.
"""
