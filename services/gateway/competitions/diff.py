"""What applying a document would change in a competition, and which changes are refused. Pure."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from arena.api.competition_document import BlackBox, Competition, Phase
from arena.api.competitions import DocumentChange
from arena.rules.competition_document import DocumentFault
from arena.words.environments import split_environment
from arena.words.text import say_time

FIXED = ("n_calls", "n_suggestions", "studies_per_box", "studies_per_shard", "practice", "baseline", "parameter_names")
"""What the scores of a phase depend on, besides its black boxes; limits, environments, CPUs and runtime may change."""


@dataclass(frozen=True)
class CurrentBox:
    """A stored black box: the hash of its data set if that is the organizer's own, and whether studies use it."""

    label: str
    test_case: str
    dataset_sha256: str | None
    is_used: bool


@dataclass(frozen=True)
class EndedPhase:
    """A phase that was reopened, or whose generalization losses were revealed, as it is at the moment `now`."""

    name: str
    reopened_at: datetime | None
    revealed_at: datetime | None
    now: datetime


@dataclass(frozen=True)
class CurrentCompetition:
    """A competition as it is stored.

    `boxes` may hold more than the document lists: black boxes with studies are kept.
    """

    document: Competition
    boxes: Sequence[CurrentBox]
    used_phases: frozenset[str]
    ended_phases: Sequence[EndedPhase] = ()

    @property
    def is_used(self) -> bool:
        """Whether any study depends on it."""
        return bool(self.used_phases) or any(box.is_used for box in self.boxes)


@dataclass(frozen=True)
class Diff:
    """What would change, and which faults forbid it."""

    changes: Sequence[DocumentChange]
    refusals: Sequence[DocumentFault]


def compute_diff(current: CurrentCompetition | None, wanted: Competition) -> Diff:
    """Compare the current competition, if there is one, with a document that names each baseline by version."""
    if current is None:
        whole = Competition.model_construct(
            name="", seed="", datasets=[], black_boxes=[], phases=[], boards=[], baseline_rows=[]
        )
        return Diff(list(_changes(whole, wanted)), [])
    return Diff(list(_changes(current.document, wanted)), list(_refusals(current, wanted)))


def find_unreported(wanted: Competition, reported: Collection[tuple[str, str]]) -> Iterator[str]:
    """Yield a remark on each environment of a phase that no runner has; none if no runner has reported any yet.

    `reported` are the names of environments and the digests of their images.
    """
    names = {name for name, _ in reported}
    for phase in wanted.phases if reported else []:
        for entry in phase.environments:
            name, digest = split_environment(entry)
            if name not in names:
                cure = f"Build it with 'arena images build {name}' where a runner is, or pull it."
            elif digest is not None and (name, digest) not in reported:
                cure = f"Those that runners have: {', '.join(sorted(each for its, each in reported if its == name))}."
            else:
                continue
            yield f"Phase {phase.name!r} allows the environment {entry}, which no runner has. {cure}"


def find_unreported_families(wanted: Competition, reported: Collection[str]) -> Iterator[str]:
    """Yield a remark on each problem family that no runner has reported; none if no runner has reported any yet."""
    for family in sorted({box.family for box in wanted.black_boxes} - {*reported}) if reported else []:
        yield (
            f"Black boxes are of the problem family {family}, which no runner has reported yet; their studies wait for "
            "one. If its image was built a moment ago where a runner is, that runner reports it within a minute. "
            f"Otherwise build it there ('arena images build family-{family}'), or load it, if it is your own."
        )


def _changes(current: Competition, wanted: Competition) -> Iterator[DocumentChange]:
    for key in ("name", "description", "seed"):
        before, after = getattr(current, key), getattr(wanted, key)
        if before != after:
            sign: Literal["+", "-", "~"] = "+" if not before else "~" if after else "-"
            yield DocumentChange(sign=sign, what=key, before=before or None, after=after or None)
    for kind, part, key in (
        ("data set", "datasets", "name"),
        ("black box", "black_boxes", "label"),
        ("phase", "phases", "name"),
        ("board", "boards", "name"),
        ("baseline row", "baseline_rows", "name"),
    ):
        before = {getattr(each, key): each.model_dump(mode="json") for each in getattr(current, part)}
        after = {getattr(each, key): each.model_dump(mode="json") for each in getattr(wanted, part)}
        yield from _part_changes(kind, before, after)
    was_open, is_open = (each.registration.model_dump(mode="json") for each in (current, wanted))
    for key, value in is_open.items():
        yield from _value_changes(f"registration: {key}", was_open[key], value)
    for part in ("phases", "boards"):
        was, order = ([one.name for one in getattr(each, part)] for each in (current, wanted))
        if was != order and sorted(was) == sorted(order):
            yield DocumentChange(sign="~", what=f"order of the {part}", before=was, after=order)


def _part_changes(kind: str, current: dict[str, Any], wanted: dict[str, Any]) -> Iterator[DocumentChange]:
    for name, after in wanted.items():
        before = current.get(name)
        if before is None:
            yield DocumentChange(sign="+", what=f"{kind} {name}", before=None, after=after)
            continue
        for key, value in after.items():
            yield from _value_changes(f"{kind} {name}: {key}", before[key], value)
    for name in current.keys() - wanted.keys():
        yield DocumentChange(sign="-", what=f"{kind} {name}", before=current[name], after=None)


def _value_changes(what: str, before: Any, after: Any) -> Iterator[DocumentChange]:
    """Yield the change of a value, or of a table one change for each key that differs."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in after:
            yield from _value_changes(f"{what}.{key}", before.get(key), after[key])
        return
    if what.endswith(": boxes"):  # whose order means nothing; of environments, the first is the default
        before, after = sorted(before), sorted(after)
    if before != after:
        yield DocumentChange(sign="~", what=what, before=before, after=after)


def _refusals(current: CurrentCompetition, wanted: Competition) -> Iterator[DocumentFault]:
    if current.is_used and wanted.seed != current.document.seed:
        yield DocumentFault(("seed",), "The seed of a competition with studies does not change.", "Set it back.")
    missing = current.used_phases - {phase.name for phase in wanted.phases}
    for name in sorted(missing):
        yield DocumentFault(("phases",), f"Phase {name!r} has submissions and cannot be removed.", "Put it back.")
    before = {phase.name: phase for phase in current.document.phases}
    ended = {each.name: each for each in current.ended_phases}
    for index, phase in enumerate(wanted.phases):
        if phase.name in current.used_phases:
            yield from _phase_refusals(before[phase.name], phase, index)
        if phase.name in ended:
            yield from _ended_refusals(before[phase.name], phase, index, ended[phase.name])
    hashes = {each.name: each.sha256 for each in wanted.datasets}
    used = [box for box in current.boxes if box.is_used]
    for index, box in enumerate(wanted.black_boxes):
        yield from _box_refusals(box, index, hashes.get(box.dataset or ""), used)


def _phase_refusals(before: Phase, wanted: Phase, index: int) -> Iterator[DocumentFault]:
    for key in FIXED:
        was, value = getattr(before, key), getattr(wanted, key)
        if was != value:
            what = f"Phase {wanted.name!r} has submissions, so {key} stays {was!r} and does not become {value!r}."
            yield DocumentFault(("phases", index, key), what, _write_back(key, was))
    if changed := set(before.boxes) ^ set(wanted.boxes):
        labels = ", ".join(sorted(changed))
        what = f"Phase {wanted.name!r} has submissions, so its boxes stay; this document changes {labels}."
        yield DocumentFault(("phases", index, "boxes"), what, _write_back("boxes", sorted(before.boxes)))


def _ended_refusals(before: Phase, wanted: Phase, index: int, ended: EndedPhase) -> Iterator[DocumentFault]:
    """Yield what a file of before the reopening or the reveal would undo without saying so."""
    if ended.reopened_at is not None:
        since = f"Phase {wanted.name!r} was reopened at {say_time(ended.reopened_at)}, so"
        if before.visibility != wanted.visibility:
            what = f"{since} everybody sees it, and it does not become the organizers' again."
            yield DocumentFault(("phases", index, "visibility"), what, _write_back("visibility", before.visibility))
        if before.closes_at != wanted.closes_at and wanted.closes_at and wanted.closes_at <= ended.reopened_at:
            what = f"{since} it does not close at {say_time(wanted.closes_at)}, before that."
            cure = "Leave closes_at out, or name a later time to end the benchmark."
            yield DocumentFault(("phases", index, "closes_at"), what, cure)
        for key in ("attempts_per_day", "active_submissions"):
            was = getattr(before, key)
            if was is not None and getattr(wanted, key) is None:
                what = f"{since} everybody may submit to it, and it does not lose its quota {key}."
                yield DocumentFault(("phases", index, key), what, f"Write {key} = {was}, or another number.")
    elif ended.revealed_at is not None and _may_open(wanted, ended.now) and not _may_open(before, ended.now):
        what = (
            f"The generalization losses of phase {wanted.name!r} were revealed at {say_time(ended.revealed_at)}, so it "
            "does not open to teams again."
        )
        cure = "Write a closes_at that has passed, or make it an everlasting benchmark with 'arena competition reopen'."
        yield DocumentFault(("phases", index, "closes_at"), what, cure)


def _may_open(phase: Phase, now: datetime) -> bool:
    return phase.visibility == "public" and (phase.closes_at is None or phase.closes_at > now)


def _write_back(key: str, value: Any) -> str:
    """Return the advice to restore the stored value in the file, which a rescoring or the final may have changed."""
    instead = " instead of a split" if key == "boxes" else ""
    return f"Write {key} = {json.dumps(value)}{instead}, or add a phase."


def _box_refusals(box: BlackBox, index: int, sha256: str | None, used: Sequence[CurrentBox]) -> Iterator[DocumentFault]:
    for other in used:
        same_case, same_label = other.test_case == box.test_case, other.label == box.label
        if same_label and not same_case:
            what = f"Black box {box.label!r} has studies, so it stays {other.test_case}."
            yield DocumentFault(("black_boxes", index), what, "Give the new black box a new label.")
        elif same_case and not same_label:
            what = f"{box.test_case} has studies under the label {other.label!r}."
            yield DocumentFault(("black_boxes", index, "label"), what, f"Keep the label {other.label!r}.")
        elif same_case and other.dataset_sha256 != sha256:
            what = f"Black box {box.label!r} has studies, so the boxes' data set {box.dataset!r} stays as it is."
            yield DocumentFault(("black_boxes", index, "dataset"), what, "Give the new file a new name.")
