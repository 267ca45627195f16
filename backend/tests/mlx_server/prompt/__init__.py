"""Mirrors ``mlx_manager.mlx_server.prompt``."""
