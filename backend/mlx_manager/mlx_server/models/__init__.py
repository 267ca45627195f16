"""Residence: which models there are, which are in memory, who holds them, who must go.

What enters: a model's name. What leaves: a ``Lease`` on a ``ModelHandle``. Deciders (``budget``,
``eviction``) are pure; ``pool`` acts.
"""
