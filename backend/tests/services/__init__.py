"""Mirrors ``mlx_manager.services``."""
