"""Mirrors ``mlx_manager.routers``."""
