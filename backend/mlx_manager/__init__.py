"""MLX Manager: one process that makes a machine's own MLX models useful.

Rooms: ``cli`` starts it, ``main`` composes it, ``routers`` and ``services`` are the manager
behind ``/api``, ``mlx_server`` is the inference app behind ``/v1``.
"""

__version__ = "0.1.0"
