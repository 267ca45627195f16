"""Profiles: names that clients call, with defaults, residence and a place to run in.

``profile_service`` keeps them and publishes them to the inference app; ``server_service`` starts
and stops them, in the ``Placement`` that each names. What enters: routes' requests. What leaves:
rows of ``server_profiles``, states, logs.
"""
