"""The targets and the budgets at which optimizers are judged."""

import numpy as np

TARGETS = tuple(float(each) for each in np.logspace(0, -2, 10))
"""Losses, rescaled so that 1 is the median random evaluation and 0 the best known, from the easiest to the hardest.

They are evenly spaced in their logarithm, as COCO's are: each is 1.7 times as near to the best known as the one before.
"""
BUDGETS_LIMIT = 32
"""How many budgets are looked at. A phase has 16 iterations, or so, and may have thousands."""


def choose_budgets(n_calls: int) -> list[int]:
    """Return the iterations after which optimizers are judged: all, or of many some, evenly spaced in the logarithm.

    The first and the last are always among them.
    """
    if n_calls <= BUDGETS_LIMIT:
        return list(range(1, n_calls + 1))
    spaced = np.geomspace(1, n_calls, BUDGETS_LIMIT).round().astype(int)
    return sorted({int(each) for each in spaced})
