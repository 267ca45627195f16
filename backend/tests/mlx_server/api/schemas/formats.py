"""The formats that are claimed, checked by their own specifications rather than by our grammar.

jsonschema's checker knows some of them; it checks the others only with packages we do without.
"""

import ipaddress
import re
from datetime import date, datetime, time
from urllib.parse import urlsplit
from uuid import UUID

from jsonschema import FormatChecker

checker = FormatChecker(formats=())
"""For ``jsonschema.validate(..., format_checker=checker)``."""

_ZONED = re.compile(r".*(z|[+-]\d\d:\d\d)", re.IGNORECASE)
_DURATION = re.compile(
    r"P(?!$)((\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?|\d+W)", re.ASCII
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+")


@checker.checks("date", raises=ValueError)
def _is_date(text: object) -> bool:
    return not isinstance(text, str) or bool(len(text) == 10 and date.fromisoformat(text))


@checker.checks("time", raises=ValueError)
def _is_time(text: object) -> bool:
    """RFC 3339: with a zone, and with the leap second that Python does not know."""
    if not isinstance(text, str):
        return True
    time.fromisoformat(text.upper().replace(":60", ":59", 1))
    return _ZONED.fullmatch(text) is not None


@checker.checks("date-time", raises=ValueError)
def _is_date_time(text: object) -> bool:
    if not isinstance(text, str):
        return True
    datetime.fromisoformat(text.upper().replace(":60", ":59", 1))
    return text[10] in "Tt " and _ZONED.fullmatch(text) is not None


@checker.checks("duration")
def _is_duration(text: object) -> bool:
    return not isinstance(text, str) or _DURATION.fullmatch(text) is not None


@checker.checks("email")
def _is_email(text: object) -> bool:
    return not isinstance(text, str) or _MAILBOX.fullmatch(text) is not None


@checker.checks("hostname")
def _is_hostname(text: object) -> bool:
    """RFC 1123."""
    if not isinstance(text, str):
        return True
    labels = text.removesuffix(".").split(".")
    return len(text) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


@checker.checks("ipv4", raises=ValueError)
def _is_ipv4(text: object) -> bool:
    return not isinstance(text, str) or bool(ipaddress.IPv4Address(text))


@checker.checks("ipv6", raises=ValueError)
def _is_ipv6(text: object) -> bool:
    return not isinstance(text, str) or ipaddress.IPv6Address(text).scope_id is None


@checker.checks("uuid", raises=ValueError)
def _is_uuid(text: object) -> bool:
    return not isinstance(text, str) or str(UUID(text)) == text.lower()


@checker.checks("uri", raises=ValueError)
def _is_uri(text: object) -> bool:
    return not isinstance(text, str) or (urlsplit(text).scheme != "" and " " not in text)
