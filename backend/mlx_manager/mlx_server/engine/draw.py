"""Random numbers that depend on a row's seed and step alone."""

_MASK = (1 << 64) - 1


def uniform(seed: int, step: int) -> float:
    """A draw in [0, 1) from ``(seed, step)``: SplitMix64 (Steele et al., OOPSLA 2014).

    The same alone, in a batch, after a restart, on every machine.
    """
    z = (seed * 0xD1342543DE82EF95 + (step + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    # 23 bits, so that the largest draw stays below 1 after a float32 product.
    return ((z ^ (z >> 31)) >> 41) / (1 << 23)
