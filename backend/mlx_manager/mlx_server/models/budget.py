"""How many bytes models may take, from plain numbers."""


def budget_bytes(
    *, max_bytes: int, max_percent: int, machine_bytes: int, recommended_bytes: int | None
) -> int:
    """The smallest of the person's ceiling, their share of the machine, and the GPU's own."""
    limits = [max_bytes, machine_bytes * max_percent // 100]
    if recommended_bytes is not None:
        limits.append(recommended_bytes)
    return min(limits)
