"""Stand-ins for tests that need an exact script or a fault: never for what MLX can do itself."""
