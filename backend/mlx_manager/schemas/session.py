"""Sign-ins as ``/api/auth/sessions`` shows them."""

from datetime import datetime

from pydantic import BaseModel


class SessionReply(BaseModel):
    """One sign-in. ``current`` is the one that asks; ``address`` and ``agent`` are what signed in;
    ``last_seen_at`` may be five minutes behind."""

    id: str
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool
