"""The MLX thread: weights, caches and token ids, and nothing else.

What enters: frozen messages (load, unload, submit, cancel) through an inbox. What leaves: one
callback a step to the event loop with every sequence's new items. The only room besides
``utils.memory`` that imports ``mlx`` and ``mlx_lm``, and it does so on its own thread, late.
"""
