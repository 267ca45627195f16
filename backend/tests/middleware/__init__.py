"""Mirrors ``mlx_manager.middleware``."""
