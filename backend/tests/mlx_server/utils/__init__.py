"""Mirrors ``mlx_manager.mlx_server.utils``."""
