"""The nodes of a baseline build: for each black box one of random search and one of a strong optimizer."""

from collections.abc import Sequence
from dataclasses import dataclass

from arena.api.competition_document import BlackBox
from arena.organizer_runs import Node, Zip

RANDOM, STRONG, COMBINE = "random", "strong", "combine"
PURPOSE = "baseline-"
FIRST_STUDY = 500_000
"""Far from the study numbers of a phase, so that no team's study has the seeds of a study that its score refers to."""
ITERATION_S = 40.0
"""The optimizer's own time an iteration, as in a team's study; a longer study gets more in total."""


@dataclass(frozen=True)
class Recipe:
    """What a baseline set is computed from."""

    random: Zip
    strong: Zip
    n_calls: int
    n_suggestions: int
    random_studies: int
    strong_calls: int
    strong_studies: int

    def nodes(self, boxes: Sequence[BlackBox]) -> list[Node]:
        """Return the two nodes of each black box, random search first, as it shows faults of a box early.

        A black box with a known optimum needs no strong optimizer.
        """
        size = self.n_calls, self.n_suggestions, self.random_studies
        random = [Node(PURPOSE + RANDOM, box.label, self.random, *size, FIRST_STUDY) for box in boxes]
        size = self.strong_calls, self.n_suggestions, self.strong_studies
        time_s = ITERATION_S * self.strong_calls
        unknown = [box.label for box in boxes if box.best is None]
        return [*random, *(Node(PURPOSE + STRONG, box, self.strong, *size, FIRST_STUDY, time_s) for box in unknown)]


def kind_of(node: Node) -> str:
    """Return whether a node is of random search or of the strong optimizer."""
    return node.purpose.removeprefix(PURPOSE)
