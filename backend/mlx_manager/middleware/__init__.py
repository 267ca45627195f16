"""What happens around every request, before any route: naming and logging it, refusing what
comes from elsewhere, and telling browsers how to treat the pages.

Pure ASGI, so that streams pass through untouched. What enters and leaves: ASGI messages.
"""
