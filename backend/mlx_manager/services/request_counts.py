"""How many requests have finished, by area and status."""

from collections import Counter

RequestCounts = Counter[tuple[str, int]]
"""Finished requests by area (``api``, ``v1``, ``pages``) and status."""
