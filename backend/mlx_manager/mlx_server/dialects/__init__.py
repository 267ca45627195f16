"""Wire formats on either side of the spine: decode a body, encode events.

What enters: a JSON object. What leaves: a ``GenerationRequest``, and later bytes of that dialect.
No HTTP here: a dialect knows bodies and stream frames, the door knows sockets.
"""
