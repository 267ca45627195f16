"""Training of the built-in guide model.

Enters: the project's own written topics (`topics/*.toml`) and a fixed seed. Leaves: the folder
`mlx_manager/guide` (weights, tokenizer, configuration), which mlx-lm loads unmodified.
"""
