"""Which requests are answered by other servers, and what becomes of those that fail there.

What enters: the rules and providers that administrators keep, and each request of ``/v1`` and the
dashboard's chat. What leaves: a plan, and the walk that follows it. ``decide`` and ``circuit``
decide and are pure; ``routing`` acts.
"""
