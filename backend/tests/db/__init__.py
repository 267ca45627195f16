"""Mirrors ``mlx_manager.db``."""
