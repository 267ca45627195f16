"""Bringing a model from the hub, in a process of its own: ``python -m ...hf_client``.

What enters, on its standard input: a ``Job``, then ``go``; the end of that stream is the death of
the manager, and ends it. What leaves, on its standard output: the ``messages``, one a line.

``snapshot_download`` plans (its dry run) and lays the cache out, so that every other program
finds the model there. The bytes are fetched by the hub client's own ``http_get`` into partial files
that keep: from 2.x on ``snapshot_download`` itself writes to a file with a new random name each
time and deletes it when it is interrupted, so that a pause would cost gigabytes. The snapshot
appears only when every blob is there and has its hash, ``config.json`` last, so that nobody sees
a model that is not whole.

A process, because the client's threads can be ended in no other way at once, because its import
is slow and large, and because killing it is then a thing that happens all the time and works.
"""
