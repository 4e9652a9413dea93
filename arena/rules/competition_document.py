"""A competition as its organizer wants it: the document of `arena competition apply`, and what can be wrong in it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from arena.api.body import Body
from arena.api.competition_document import BlackBox, Competition, Dataset, Phase
from arena.rules.bayesmark_names import DATASET_NAMES, METRICS, MODEL_NAMES, is_regression, metrics_of
from arena.words.environments import SKLEARN, environment_name
from arena.words.expected import expected_text
from arena.words.limits import Limits
from arena.words.sizes import size_text

DocumentPath = tuple[str | int, ...]
"""Where something is in a document: keys, and indices of lists."""


@dataclass(frozen=True)
class DocumentFault:
    """Something wrong in a document: where it is, what was expected, what came, and what to do."""

    where: DocumentPath
    what: str
    cure: str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.cure}".rstrip()


def suggest(value: object, known: Iterable[str], otherwise: str = "") -> str:
    """Return what to do about a name that is not among those known."""
    names = sorted(known)
    by_lower = {name.lower(): name for name in names}
    if close := get_close_matches(str(value).lower(), by_lower, n=1):
        return f"Did you mean {by_lower[close[0]]!r}?"
    return otherwise or f"There are: {', '.join(names) or 'none'}."


def find_misfits(model: type[Body], value: object, at: DocumentPath) -> list[DocumentFault]:
    """Return where `value` does not have the form of the model."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        return [_misfit(model, each, at) for each in error.errors(include_url=False)]
    return []


def _misfit(model: type[Body], error: Any, at: DocumentPath) -> DocumentFault:
    where = (*at, *error["loc"])
    match error["type"]:
        case "extra_forbidden":
            fields = Limits.model_fields if "limits" in error["loc"] else model.model_fields
            return DocumentFault(
                where, f"The key {error['loc'][-1]!r} is not known here.", suggest(error["loc"][-1], fields)
            )
        case "missing":
            return DocumentFault(where[:-1], f"The key {where[-1]!r} is missing.", f"Add {where[-1]}.")
        case "literal_error":
            known = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            return DocumentFault(
                where, f"Expected {error['ctx']['expected']}, got {error['input']!r}.", suggest(error["input"], known)
            )
    return DocumentFault(where, expected_text(error))


def find_faults(competition: Competition) -> list[DocumentFault]:
    """Return every contradiction in a document whose form is right."""
    return find_contradictions(
        dict(enumerate(competition.datasets)),
        dict(enumerate(competition.black_boxes)),
        dict(enumerate(competition.phases)),
    )


def find_contradictions(
    datasets: Mapping[int, Dataset],
    boxes: Mapping[int, BlackBox],
    phases: Mapping[int, Phase],
    known: Collection[str] = (),
) -> list[DocumentFault]:
    """Return what is wrong between the parts of a document, each given with its place.

    `known` are the names of parts that have faults of their own; naming them is no further fault.
    """
    own = [*(each.name for each in datasets.values()), *known]
    labels = [*(each.label for each in boxes.values()), *known]
    return [
        *find_twice("datasets", datasets, "name"),
        *find_twice("black_boxes", boxes, "label"),
        *find_twice("black_boxes", boxes, "test_case"),
        *find_twice("phases", phases, "name"),
        *(fault for i, box in boxes.items() for fault in _box_faults(box, i, own)),
        *(fault for i, phase in phases.items() for fault in _phase_faults(phase, i, labels)),
        *_practice_faults(phases),
    ]


def find_twice(part: str, models: Mapping[int, Any], name: str) -> Iterator[DocumentFault]:
    """Yield a fault for each part whose field `name` has a value that an earlier one has."""
    seen: dict[str, int] = {}
    for index, model in models.items():
        value = getattr(model, name)
        if value in seen:
            where = (part, index) if name == "test_case" else (part, index, name)
            cure = "Remove one." if name == "test_case" else "Rename one."
            yield DocumentFault(where, f"Expected every {name.replace('_', ' ')} once, got {value!r} again.", cure)
        seen[value] = index


def _box_faults(box: BlackBox, index: int, own: Sequence[str]) -> Iterator[DocumentFault]:
    at = ("black_boxes", index)
    wanted = ("model", "dataset", "metric") if box.family == SKLEARN else ("problem",)
    for key in ("model", "dataset", "metric", "problem"):
        is_there = getattr(box, key) is not None
        if key in wanted and not is_there:
            yield DocumentFault(at, f"The key {key!r} is missing.", f"Add {key}.")
        elif is_there and key not in wanted:
            what = f"A black box of the family {box.family} has no {key}."
            yield DocumentFault((*at, key), what, f"Take it away; it has {', '.join(wanted)}.")
    if box.family == SKLEARN and box.model and box.dataset and box.metric:
        yield from _stock_faults(box.model, box.dataset, box.metric, at, own)


def _stock_faults(
    model: str, dataset: str, metric: str, at: DocumentPath, own: Sequence[str]
) -> Iterator[DocumentFault]:
    if model not in MODEL_NAMES:
        yield DocumentFault((*at, "model"), f"Bayesmark has no model {model!r}.", suggest(model, MODEL_NAMES))
    datasets = {*DATASET_NAMES, *own}
    if dataset not in datasets:
        cure = suggest(dataset, datasets, "Add it to datasets.")
        yield DocumentFault((*at, "dataset"), f"There is no data set {dataset!r}.", cure)
    if metric not in METRICS:
        yield DocumentFault((*at, "metric"), f"Bayesmark has no metric {metric!r}.", suggest(metric, METRICS))
    elif dataset in datasets and metric not in metrics_of(dataset):
        kind = "a number" if is_regression(dataset) else "a class"
        what = f"The target of {dataset} is {kind}, which {metric!r} does not measure."
        yield DocumentFault((*at, "metric"), what, f"Use {' or '.join(metrics_of(dataset))}.")


def _phase_faults(phase: Phase, index: int, labels: Sequence[str]) -> Iterator[DocumentFault]:
    at = ("phases", index)
    for place, label in enumerate(phase.boxes):
        if label not in labels:
            cure = suggest(label, labels, "Add it to black_boxes.")
            yield DocumentFault((*at, "boxes", place), f"There is no black box {label!r}.", cure)
        if label in phase.boxes[:place]:
            yield DocumentFault((*at, "boxes", place), f"Black box {label!r} is in this phase twice.", "Remove one.")
    yield from _limit_faults(phase.limits, (*at, "limits"))
    yield from _environment_faults(phase, at)
    name, _, version = phase.baseline.partition("@")
    if not name or ("@" in phase.baseline and not (version.isascii() and version.isdigit())):
        what = f"Expected a baseline set as NAME or NAME@VERSION, got {phase.baseline!r}."
        yield DocumentFault((*at, "baseline"), what, "'arena baseline list' shows those there are.")
    opens_at, closes_at = phase.opens_at, phase.closes_at
    for key, time in (("opens_at", opens_at), ("closes_at", closes_at)):
        if time is not None and time.tzinfo is None:
            yield DocumentFault((*at, key), f"Expected a time with its zone, got {time.isoformat()}.", "Add Z for UTC.")
    if opens_at and closes_at and (opens_at.tzinfo is None) == (closes_at.tzinfo is None) and opens_at >= closes_at:
        yield DocumentFault((*at, "closes_at"), "Expected the phase to close after it opens.", "Swap the two times.")


def _limit_faults(limits: Limits, at: DocumentPath) -> Iterator[DocumentFault]:
    """Find limits under which a zip of the stated size could not be unpacked, which needs as much again, or more.

    The sandbox has its files in memory, and the zip beside them until they are unpacked.
    """
    if "zip_limit_bytes" not in limits.model_fields_set:
        return
    needed = {"unpacked_limit_bytes": limits.zip_limit_bytes, "memory_limit_bytes": 2 * limits.zip_limit_bytes}
    for name, least in needed.items():
        if (allowed := getattr(limits, name)) < least:
            what = f"Expected at least {size_text(least)}, for zips of up to {size_text(limits.zip_limit_bytes)}, "
            what += f"got {size_text(allowed)}."
            yield DocumentFault((*at, name), what, f"Raise {name}, or lower zip_limit_bytes.")


def _environment_faults(phase: Phase, at: DocumentPath) -> Iterator[DocumentFault]:
    listed: dict[str, str] = {}
    for place, entry in enumerate(phase.environments):
        name = environment_name(entry)
        if name in listed:
            what = f"Expected every environment of a phase once, got {listed[name]!r} and {entry!r}."
            yield DocumentFault((*at, "environments", place), what, "Remove one.")
        listed.setdefault(name, entry)


def _practice_faults(phases: Mapping[int, Phase]) -> Iterator[DocumentFault]:
    practised = Counter(label for phase in phases.values() if phase.practice for label in set(phase.boxes))
    for index, phase in phases.items():
        for place, label in enumerate(phase.boxes):
            if practised[label] and not phase.practice:
                what = f"Teams see the logs of black box {label!r}, because it is in a practice phase."
                yield DocumentFault(("phases", index, "boxes", place), what, "Give this phase another.")
