"""Other servers that answer in this one's place: what they are asked, and what they say.

What enters: a ``GenerationRequest`` and which server is to answer it. What leaves: the events of
the spine, or one of its errors. The dialects here face the other way from ``mlx_server.dialects``:
those read requests and write replies, these write requests and read replies. All but ``client`` is
pure.
"""
