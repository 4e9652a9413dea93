"""The organizer runs of baseline rows: each row's optimizer on the black boxes of phases that show it."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.api.competition_document import Board, BoardBaseline
from arena.api.competitions import CompetitionDescription, CompetitionPhase, RevisionPage
from arena.client.http import Client
from arena.failure import Failure
from arena.organizer_runs import Node, Run, Zip, run_all
from arena.progress import Step

PURPOSE = "baseline-row"


@dataclass(frozen=True)
class PlannedRow:
    """A baseline row in a phase."""

    row: BoardBaseline
    phase: CompetitionPhase

    def nodes(self, zips: Mapping[str, Path], *, again: bool) -> list[Node]:
        """Return a node for each black box, with the budget and the limits of a team's studies."""
        phase, file = self.phase, zips[self.row.sha256]
        settings = {
            "limits": phase.limits.model_dump(mode="json", exclude_unset=True),
            "environment": self.row.environment,
            **phase.model_dump(include={"studies_per_shard", "cpus", "parameter_names"}),
            "again": again,
        }
        size = phase.n_calls, phase.n_suggestions, phase.studies_per_box
        return [Node(PURPOSE, box, Zip(file.name, file), *size, settings=settings) for box in phase.boxes]

    def step(self, runs: Sequence[Run]) -> Step:
        """Return how far its runs are."""
        unfinished = [run.state for run in runs if run.studies_done < run.studies_total]
        return Step(
            key=f"{self.row.name} {self.phase.name}",
            name=f"{self.row.name} in {self.phase.name}",
            done=sum(run.studies_done for run in runs),
            total=sum(run.studies_total for run in runs),
            state=unfinished[0] if unfinished else "scored",
            ended=not unfinished,
        )


def plan_rows(client: Client, slug: str, names: Sequence[str] = ()) -> list[PlannedRow]:
    """Return the baseline rows of a competition as it was applied last, in the phases of these names.

    Without names, in each phase that everybody sees or that a board is of. Raises Failure for an unknown phase.
    """
    path = f"/api/v1/admin/competitions/{slug}/revisions"
    document = client.get(path, limit=1).parse(RevisionPage).revisions[0].document
    phases = client.get(f"/api/v1/competitions/{slug}").parse(CompetitionDescription).phases
    if unknown := set(names) - {phase.name for phase in phases}:
        known = ", ".join(phase.name for phase in phases)
        raise Failure(f"Expected phases of {slug} ({known}), got {', '.join(sorted(unknown))}.")
    shown = set(names) or {
        *(Board.model_validate(each).phase for each in document.get("boards", [])),
        *(phase.name for phase in phases if phase.visibility == "public"),
    }
    rows = [BoardBaseline.model_validate(each) for each in document.get("baseline_rows", [])]
    return [PlannedRow(row, phase) for row in rows for phase in phases if phase.name in shown]


def run_rows(
    client: Client,
    slug: str,
    planned: Sequence[PlannedRow],
    zips: Mapping[str, Path],
    show: Callable[[Step], None],
    *,
    again: bool,
) -> list[Step]:
    """Run what has not run yet, or `again` all, and show how far it is until all are done; returns the ends."""
    parts = [each.nodes(zips, again=again) for each in planned]
    ends = [sum(map(len, parts[:number])) for number in range(len(parts) + 1)]

    def steps(runs: Sequence[Run]) -> Iterator[Step]:
        for each, (start, end) in zip(planned, itertools.pairwise(ends), strict=True):
            yield each.step(runs[start:end])

    def show_all(runs: Sequence[Run]) -> None:
        for step in steps(runs):
            show(step)

    return list(steps(run_all(client, slug, [node for part in parts for node in part], show_all)))
