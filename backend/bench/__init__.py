"""Measurements that take long or depend on the machine: never timed tests, always ratios.

``python -m bench`` (``make bench``) runs them all and prints one table each; name some to run only
those. Everything compared is run in turn in the same call, and medians are shown, because
machines are noisy. What was measured on the reference machine is kept in ``RESULTS.md``.
"""
