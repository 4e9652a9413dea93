"""What applying a document would change, and what is refused: on documents alone."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from arena.api.competition_document import Competition
from services.gateway.competitions.diff import (
    FIXED,
    CurrentBox,
    CurrentCompetition,
    Diff,
    compute_diff,
    find_unreported,
    find_unreported_families,
)

LABELS = [f"box-{number}" for number in range(4)]
CASES = ["DT_iris_acc", "kNN_iris_acc", "DT_wine_acc", "kNN_wine_acc"]


@st.composite
def documents(draw: st.DrawFn) -> Competition:
    """Competitions of a few black boxes and phases."""
    cases = draw(st.lists(st.sampled_from(CASES), unique=True, min_size=1, max_size=4))
    labels = draw(st.permutations(LABELS))
    boxes = [
        dict(zip(("label", "model", "dataset", "metric"), (label, *case.split("_")), strict=True))
        for label, case in zip(labels, cases, strict=False)
    ]
    names = draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True))
    chosen = st.lists(st.sampled_from([box["label"] for box in boxes]), unique=True, min_size=1)
    phases = [
        {
            "name": name,
            "baseline": draw(st.sampled_from(["x@1", "x@2"])),
            "boxes": draw(chosen),
            "studies_per_box": draw(st.integers(1, 2)),
            "priority": draw(st.integers(0, 1)),
        }
        for name in names
    ]
    return Competition.model_validate(
        {"name": "C", "seed": draw(st.sampled_from("st")), "black_boxes": boxes, "phases": phases}
    )


def plan_of(current: Competition, wanted: Competition, used: set[str]) -> Diff:
    """Diff with studies in these phases, as far as they are there."""
    used &= {phase.name for phase in current.phases}
    with_studies = {label for phase in current.phases if phase.name in used for label in phase.boxes}
    boxes = [CurrentBox(box.label, box.test_case, None, box.label in with_studies) for box in current.black_boxes]
    return compute_diff(CurrentCompetition(current, boxes, frozenset(used)), wanted)


def frozen(competition: Competition, used: set[str]) -> Any:
    """What scores of used phases depend on."""
    cases = {box.label: box.test_case for box in competition.black_boxes}
    return {
        phase.name: (
            competition.seed,
            {label: cases[label] for label in phase.boxes},
            *(getattr(phase, key) for key in FIXED),
        )
        for phase in competition.phases
        if phase.name in used
    }


@given(documents(), st.sets(st.sampled_from(["a", "b", "c"])))
def test_what_is_there_already_changes_nothing_and_is_not_refused(current: Competition, used: set[str]) -> None:
    assert plan_of(current, current, used) == Diff([], [])


@given(documents(), documents(), st.sets(st.sampled_from(["a", "b", "c"])))
def test_what_is_not_refused_leaves_what_scores_depend_on(
    current: Competition, wanted: Competition, used: set[str]
) -> None:
    diff = plan_of(current, wanted, used)

    assert bool(diff.changes) == (_sorted(current) != _sorted(wanted))
    if not diff.refusals:
        assert frozen(current, used) == frozen(wanted, used & {phase.name for phase in current.phases})


@given(documents(), documents())
def test_without_studies_nothing_is_refused(current: Competition, wanted: Competition) -> None:
    assert plan_of(current, wanted, set()).refusals == []
    assert compute_diff(None, wanted).refusals == []


def _sorted(competition: Competition) -> Any:
    """A document without what has no meaning: the order of black boxes."""
    body = competition.model_dump()
    body["black_boxes"].sort(key=lambda box: box["label"])
    for phase in body["phases"]:
        phase["boxes"].sort()
    return body


def test_another_default_environment_is_a_change_and_another_order_of_boxes_is_none() -> None:
    box = {"label": "box-0", "model": "DT", "dataset": "iris", "metric": "acc"}
    other = {"label": "box-1", "model": "DT", "dataset": "wine", "metric": "acc"}
    phase = {"name": "a", "baseline": "x@1", "boxes": ["box-0", "box-1"], "studies_per_box": 1}

    def with_phase(**changes: Any) -> Competition:
        document = {"name": "C", "seed": "s", "black_boxes": [box, other], "phases": [phase | changes]}
        return Competition.model_validate(document)

    current = with_phase(environments=["small", "modern"])

    (change,) = plan_of(current, with_phase(environments=["modern", "small"]), {"a"}).changes
    assert (change.what, change.before, change.after) == (
        "phase a: environments",
        ["small", "modern"],
        ["modern", "small"],
    )
    assert not plan_of(current, with_phase(environments=["small", "modern"], boxes=["box-1", "box-0"]), {"a"}).changes


def test_an_environment_that_no_runner_has_is_remarked_on() -> None:
    phase = {
        "name": "a",
        "baseline": "x@1",
        "boxes": ["box-0"],
        "studies_per_box": 1,
        "environments": ["small", f"classic@sha256:{'9f' * 32}", "modern"],
    }
    box = {"label": "box-0", "model": "DT", "dataset": "iris", "metric": "acc"}
    wanted = Competition.model_validate({"name": "C", "seed": "s", "black_boxes": [box], "phases": [phase]})

    classic, modern = find_unreported(wanted, {("small", "sha256:1"), ("classic", "sha256:2")})

    assert "classic@sha256:9f" in classic
    assert classic.endswith("which no runner has. Those that runners have: sha256:2.")
    assert modern.startswith("Phase 'a' allows the environment modern, which no runner has. Build it with")
    assert list(find_unreported(wanted, set())) == [], "no runner has reported yet"


def test_a_family_that_no_runner_has_reported_is_remarked_on_with_what_to_wait_for() -> None:
    boxes = [{"label": "box-0", "family": "coffee", "problem": "morning"}]
    wanted = Competition.model_validate({"name": "C", "seed": "s", "black_boxes": boxes})

    (remark,) = find_unreported_families(wanted, {"sklearn", "bbob"})

    assert "family coffee, which no runner has reported yet" in remark
    assert "built a moment ago where a runner is, that runner reports it within a minute" in remark
    assert list(find_unreported_families(wanted, {"sklearn", "coffee"})) == []
