"""The built-in guide model, `mlx-manager/guide`: weights, tokenizer and configuration, data only.

Made by `make guide` (backend/guide_training); loaded unmodified by mlx-lm.
"""
