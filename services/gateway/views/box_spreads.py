"""How the scores of all teams are spread on each black box. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np

from arena.api.views.boxes import BoxSpread
from services.gateway.leaderboard.within_noise import Losses
from services.gateway.scores import show_score

DIGITS = 2
QUARTILES = (0, 25, 50, 75, 100)


def spreads_of(labels: Mapping[UUID, str], losses: Sequence[Losses]) -> list[BoxSpread]:
    """Return the spread of each black box on which somebody has a loss, the lowest median first.

    `losses` has an entry for each team, whose order the scores of a black box keep.
    """
    found = []
    for box, label in labels.items():
        scores = [show_score(each.get(box)) for each in losses]
        known = [score for score in scores if score is not None]
        if known:
            quartiles = (float(round(each, DIGITS)) for each in np.percentile(known, QUARTILES))
            low, quartile, median, upper, high = quartiles
            found.append(
                BoxSpread(
                    box=label,
                    low=low,
                    quartile=quartile,
                    median=median,
                    upper_quartile=upper,
                    high=high,
                    scores=[None if score is None else round(score, DIGITS) for score in scores],
                )
            )
    return sorted(found, key=lambda each: (each.median, each.box))
