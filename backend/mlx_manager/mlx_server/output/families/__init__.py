"""The families of chat formats: how each writes a tool call, and where its answer's parts stand.

What enters: the family's name, as mlx-lm infers it from a model's template. What leaves: its calls
read from text, and a grammar that makes the model write one. A family is data; the kinds of
writing (``json_form``, ``tagged``, ``braced``, ``pythonic``) are code.
"""
