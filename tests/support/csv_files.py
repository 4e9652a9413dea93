"""CSV files in Bayesmark's format that a model can learn from, for tests of the organizer's own data sets."""

import numpy as np


def classification(rows: int = 90, seed: int = 0) -> bytes:
    """Return a data set with two numeric columns, a category, and three classes."""
    random = np.random.RandomState(seed)
    classes = np.arange(rows) % 3
    lines = ["width,height,colour_cat,class"]
    for number, noise in zip(classes, random.normal(size=(rows, 2)), strict=True):
        colour = ("red", "green", "blue")[(number + (noise[0] > 1)) % 3]
        lines.append(f"{number + noise[0]!r},{2.0 * number - noise[1]!r},{colour},{number}")
    return "\n".join([*lines, ""]).encode()


def regression(rows: int = 60, seed: int = 0) -> bytes:
    """Return a data set with two numeric columns, whose target is a noisy sum of them."""
    draws = np.random.RandomState(seed).normal(size=(rows, 3))
    lines = [f"{a!r},{b!r},{a - 3 * b + c / 5!r}" for a, b, c in draws]
    return "\n".join(["a,b,target", *lines, ""]).encode()
