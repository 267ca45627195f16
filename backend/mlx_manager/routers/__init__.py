"""The doors of ``/api``: one noun a file. What enters: HTTP requests. What leaves: JSON, or the
events of a reply; errors are rendered by ``error_replies``."""
