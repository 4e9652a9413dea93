"""Whether the order of two submissions may be chance: Bayesmark's paired interval over their shared black boxes."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np

from arena.scoring import interval_half_width

Losses = Mapping[UUID, float]


def within_noise(a: Losses, b: Losses) -> bool:
    """Return whether the 95 % interval of the paired difference over shared black boxes contains 0."""
    return within_noise_all([(a, b)])[0]


def within_noise_all(pairs: Sequence[tuple[Losses, Losses]]) -> list[bool]:
    """Return that for each pair; True for fewer than two shared black boxes.

    In one call, because NumPy is slow to call and fast at what it does.
    """
    noise = [True] * len(pairs)
    by_size: dict[int, dict[int, list[float]]] = {}
    for number, (a, b) in enumerate(pairs):
        shared = sorted(a.keys() & b.keys(), key=lambda box: box.int)
        by_size.setdefault(len(shared), {})[number] = [a[box] - b[box] for box in shared]
    for size, differences in by_size.items():
        if size >= 2:
            rows = np.array(list(differences.values()))
            contain_0 = abs(rows.mean(axis=-1)) <= interval_half_width(rows)
            for number, contains_0 in zip(differences, contain_0, strict=True):
                noise[number] = bool(contains_0)
    return noise
