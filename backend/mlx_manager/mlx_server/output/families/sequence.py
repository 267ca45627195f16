"""Lists with separators between what is there, as rules."""

from collections.abc import Sequence

from mlx_manager.mlx_server.output.families.writer import GrammarWriter, quoted


def separated(writer: GrammarWriter, fields: Sequence[tuple[str, bool]], separator: str) -> str:
    """Fields in their order, each with whether it must be there; empty where there are none."""
    between = quoted(separator)
    firsts: list[str] = []
    rest = ""
    for field, required in reversed(fields):
        name = writer.rule(field)
        firsts.insert(0, f"{name} {rest}".strip())
        if required:
            del firsts[1:]
        more = f"{between} {name}" if required else f"({between} {name})?"
        rest = writer.rule(f"{more} {rest}")
    optional = not any(required for _, required in fields)
    choice = f"({' | '.join(firsts)})"
    return "" if not fields else f"{choice}?" if optional else choice


def repeated(item: str, separator: str, least: int, most: int | None) -> str:
    """From ``least`` to ``most`` items, any number where that is None."""
    if most == 0:
        return ""
    between = quoted(separator)
    limit = "" if most is None else str(most - 1)
    more = f"({between} {item}){{{max(least - 1, 0)},{limit}}}"
    return f"{item} {more}" if least else f"({item} {more})?"
