"""Mirrors ``mlx_manager.mlx_server.dialects.relay``."""
