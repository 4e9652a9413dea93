"""Amounts of CPU and memory as Kubernetes writes them. Pure."""

import re

SCALES = {"": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12} | {
    f"{prefix}i": 1024.0 ** (power + 1) for power, prefix in enumerate("KMGT")
}
GIBIBYTE = 1024.0**3


def amount(quantity: str) -> float:
    """Return what `500m`, `2` or `18Gi` means: CPUs or bytes. Raises ValueError for what is no quantity."""
    found = re.fullmatch(r"([0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)", quantity)
    if found is None or found[2] not in SCALES:
        raise ValueError(f"Expected a quantity of Kubernetes, such as 500m or 18Gi, got {quantity!r}")
    return float(found[1]) * SCALES[found[2]]


def in_gibibytes(size_bytes: float) -> str:
    """Return a size as people read it."""
    return f"{size_bytes / GIBIBYTE:.4g} GiB"
