"""How fast the services are when studies cost nothing: shards per second."""

import itertools
import statistics

from benchmarks.figure import Figure
from benchmarks.stack.platform import RANDOM_SEARCH, Platform, pack

NULL_BOXES, NULL_STUDIES, ROUNDS = 20, 200, 3
"""4,000 shards a round."""


async def control_plane(platform: Platform) -> list[Figure]:
    """Measure shards per second from accepted to scored, with a runner whose engine answers at once.

    The figure is the median of the rounds.
    """
    pairs = itertools.product(("DT", "kNN", "SVM", "RF", "MLP-adam", "ada"), ("iris", "wine", "digits", "breast"))
    slug, token = await platform.create_competition(
        [(model, dataset, "acc") for model, dataset in itertools.islice(pairs, NULL_BOXES)],
        studies_per_box=NULL_STUDIES,
    )
    seconds = [await platform.timed_submission(slug, token, pack(RANDOM_SEARCH)) for _ in range(ROUNDS)]
    rate = NULL_BOXES * NULL_STUDIES / statistics.median(seconds)
    return [Figure("control plane: shards from accepted to scored", rate, "1/s", ">= 600", rate >= 600)]
