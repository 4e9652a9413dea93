"""Random search: what every other optimizer has to beat."""

from typing import Any

from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict

Point = dict[str, Any]


class RandomPoints(AbstractOptimizer):
    """Draws from the search space as its `space` says (linear, log, logit, bilog) and learns nothing."""

    primary_import = None  # Bayesmark itself

    def suggest(self, n_suggestions: int = 1) -> list[Point]:
        """Return independent random points, drawn by NumPy's global random state, which is seeded for each study."""
        points: list[Point] = suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
        return points

    def observe(self, X: list[Point], y: list[float]) -> None:  # noqa: N803 - Bayesmark's signature
        """Ignore the losses."""
