"""The manager's work, free of HTTP: accounts, conversations and running replies.

What enters: validated values from the routers. What leaves: rows, tokens and events, or one
``ManagerError``. The inference app is called in process, through its spine.
"""
