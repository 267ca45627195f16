"""Mirrors ``mlx_manager.services.server_manager``."""
