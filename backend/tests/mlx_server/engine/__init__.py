"""Mirrors ``mlx_manager.mlx_server.engine``."""
