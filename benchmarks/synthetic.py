"""A made-up final, as the platform would show and export it, for benchmarks and tests of the report."""

import itertools
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from arena.api.reruns import FinalStatus

MODELS = ("DT", "MLP-adam", "MLP-sgd", "RF", "SVM", "ada", "kNN", "lasso", "linear")
DATASETS = ("breast", "digits", "iris", "wine")
CLIP, BEST = 1.0, 0.0
Body = dict[str, Any]


@dataclass(frozen=True)
class SyntheticFinal:
    """Teams of slightly different skill on black boxes of different difficulty. The same seed gives the same final."""

    names: Sequence[str]
    n_boxes: int = 30
    studies: int = 100
    n_calls: int = 16
    n_suggestions: int = 8
    seed: int = 0

    @property
    def labels(self) -> list[str]:
        """The labels of the black boxes."""
        return [f"box-{number:02}" for number in range(1, self.n_boxes + 1)]

    @property
    def boxes(self) -> list[Body]:
        """The black boxes as an export's header has them."""
        cases = itertools.islice(itertools.product(MODELS, DATASETS), self.n_boxes)
        return [
            {"box": label, "model": model, "dataset": dataset, "metric": "acc", "signature": [0.1] * 5}
            for label, (model, dataset) in zip(self.labels, cases, strict=True)
        ]

    def submission_id(self, team: int) -> str:
        """Return the id of a team's run in the final."""
        return str(uuid.UUID(int=self.seed * 1000 + team))

    def shown(self) -> FinalStatus:
        """Return what the platform shows of the final; in feedback ranks each two neighbours are swapped."""
        start = datetime(2020, 10, 1, tzinfo=UTC)
        total = self.n_boxes * self.studies
        feedback = [min(len(self.names), team + 2) if team % 2 == 0 else team for team in range(len(self.names))]
        finalists = [
            {
                "team": name,
                "submission_id": self.submission_id(team),
                "origin_id": str(uuid.UUID(int=10**9 + team)),
                "submitted_at": (start + timedelta(hours=team)).isoformat(),
                "state": "scored",
                "verdict": "scored",
                "ended": True,
                "score": None,
                "interval": None,
                "studies_done": total,
                "studies_total": total,
                "feedback_rank": feedback[team],
                "feedback_score": 95.0 - feedback[team],
            }
            for team, name in enumerate(self.names)
        ]
        shown = {
            "competition": "synthetic",
            "name": "Synthetic competition",
            "from": "feedback",
            "phase": "final",
            "parameter_names": "visible",
            "n_calls": self.n_calls,
            "n_suggestions": self.n_suggestions,
            "studies_per_box": self.studies,
            "boxes": self.labels,
            "baseline": {"name": "synthetic", "version": 1},
            "shared_boxes": [],
            "teams": len(self.names),
            "finalists": finalists,
            "ended": True,
        }
        return FinalStatus.model_validate(shown)

    def baseline(self) -> Body:
        """Return a baseline set with which a loss in [0, 1] equals its rescaled value."""
        cases = ["_".join((box["model"], box["dataset"], box["metric"])) for box in self.boxes]
        objectives = ["_visible_to_opt", "generalization"]
        falling = [[[0.9 * 0.97**n] * 2 for _ in cases] for n in range(self.n_calls)]
        scale = {
            name: {"dims": ["function", "objective"], "attrs": {}, "data": [[value] * 2 for _ in cases]}
            for name, value in (("clip", CLIP), ("best", BEST))
        }
        curves = {
            name: {"dims": ["iter", "function", "objective"], "attrs": {}, "data": falling}
            for name in ("mean", "median")
        }
        coordinates: dict[str, list[Any]] = {
            "iter": list(range(self.n_calls)),
            "function": cases,
            "objective": objectives,
        }
        data = {
            "attrs": {},
            "dims": {name: len(values) for name, values in coordinates.items()},
            "coords": {name: {"dims": [name], "attrs": {}, "data": each} for name, each in coordinates.items()},
            "data_vars": scale | curves,
        }
        return {"data": data, "meta": {"args": {}, "signature": {case: [0.1] * 5 for case in cases}}}

    def losses(self, team: int, box: int) -> Any:
        """Return the evaluations of a team on a black box, shape (studies, n_calls, n_suggestions)."""
        random = np.random.default_rng((self.seed, team, box))
        floor = 0.3 * np.random.default_rng((self.seed, box)).random() + 0.006 * team + 0.1 * random.random()
        size = (self.studies, self.n_calls, self.n_suggestions)
        speed = np.exp(-np.arange(1, self.n_calls + 1) / (3 + team % 4))[:, np.newaxis]
        return floor + random.exponential(0.1, size) + speed * random.random(size)

    def lines(self) -> Iterator[str]:
        """Yield the export of the final phase with losses only, as the platform streams it."""
        header = {
            "competition": "synthetic",
            "phase": "final",
            "n_calls": self.n_calls,
            "n_suggestions": self.n_suggestions,
            "baseline": {"name": "synthetic", "version": 1},
            "boxes": self.boxes,
        }
        yield json.dumps(header)
        for (team, name), (box, label) in itertools.product(enumerate(self.names), enumerate(self.labels)):
            of_studies = self.losses(team, box).tolist()
            for study, losses in enumerate(of_studies):
                line = {"submission_id": self.submission_id(team), "team": name, "box": label, "study": study}
                yield json.dumps(line | {"visible": losses, "generalization": losses})
