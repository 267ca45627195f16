"""What every error under ``/api`` looks like."""

from pydantic import BaseModel


class ErrorReply(BaseModel):
    """A sentence for a person and a code for programs."""

    detail: str
    code: str
