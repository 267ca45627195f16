"""What a schema wants of a string, as regular expressions over the string itself."""

from mlx_manager.mlx_server.output.families.schema import Schema, refuse
from mlx_manager.mlx_server.output.families.writer import ANY_TEXT

_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = rf"{_CLOCK}:[0-5][0-9](\.[0-9]{{1,6}})?(Z|[+\-]{_CLOCK})"
_FORMATS = {
    "date": _DATE,
    "time": _TIME,
    "date-time": f"{_DATE}T{_TIME}",
    "uuid": r"[0-9a-f]{8}(\-[0-9a-f]{4}){3}\-[0-9a-f]{12}",
}
"""RFC 3339 and RFC 9562; the last days of short months are not looked at."""


def patterns_of(schema: Schema, *, strict: bool, function: str) -> list[str]:
    """Regular expressions that the string matches, each as a whole.

    Raises ``BadRequest`` for a format that a strict function cannot be held to.
    """
    patterns: list[str] = []
    least, most = schema.get("minLength"), schema.get("maxLength")
    if isinstance(least, int) or isinstance(most, int):
        patterns.append(f"(?s:.{{{least or 0},{'' if most is None else most}}})")
    if isinstance(schema.get("pattern"), str):
        patterns.append(_whole(schema["pattern"]))
    wanted = schema.get("format")
    if wanted in _FORMATS:
        patterns.append(_FORMATS[wanted])
    elif wanted is not None and strict:
        refuse(function, f"format: {wanted}")
    return patterns


def _whole(pattern: str) -> str:
    """A pattern that is searched for, as one that the whole string matches."""
    begins, ends = pattern.startswith("^"), pattern.endswith("$") and not pattern.endswith("\\$")
    core = pattern[begins : len(pattern) - ends].replace("\\/", "/").replace("/", "\\/")
    core = core.replace("\n", "\\n")
    return f"{'' if begins else ANY_TEXT}({core}){'' if ends else ANY_TEXT}"
