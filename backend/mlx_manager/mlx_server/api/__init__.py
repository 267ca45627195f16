"""The door: HTTP in, HTTP out; the only room here that imports the web framework.

What enters: requests under ``/v1`` (the prefix is the mount's). What leaves: replies whose status
is true (nothing is sent before the outcome of the first step is known) and streams that end.
"""
