"""What the platform would say, from results alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.check.check_report import remarks, show_check_report
from arena.check.judgement import judge
from arena.check.plan import CheckPlan, Key, Outcome, losses_by_box
from arena.sandbox.protocol import Scores
from arena.sandbox.study import Fatal, StudyOutcome
from arena.scales import Scale
from arena.scoring import BoxStudies, score_studies
from arena.words.cut_off import TimeLimit
from arena.words.limits import Limits
from arena.words.states import Stage
from arena.words.verdicts import Verdict
from tests.support.sandbox.results import make_result

PLAN = CheckPlan({"DT_iris_acc": Scale(1.0, 0.0), "kNN_wine_acc": Scale(4.0, 2.0)}, 2, 2, 2, Limits(), "s", twice=True)


def ran(finished: dict[Key, list[StudyOutcome]], fatal: tuple[Key, Fatal] | None = None) -> Outcome:
    """What comes of these results, scored as in the black-box image."""
    outcome = Outcome(finished, fatal)
    losses = losses_by_box(PLAN, outcome)
    boxes, score = score_studies({box: BoxStudies(**vars(each)) for box, each in losses.items()})
    outcome.scores = Scores.model_validate({"boxes": {box: vars(each) for box, each in boxes.items()}, **vars(score)})
    return outcome


def test_the_score_is_the_mean_over_boxes_of_the_means_over_studies() -> None:
    outcome = ran(
        {
            ("DT_iris_acc", 0): [make_result([[0.9, 0.5], [0.2, 0.7]])],
            ("DT_iris_acc", 1): [make_result([[0.4, 0.5], [0.6, 0.7]])],
            ("kNN_wine_acc", 0): [make_result([[9.0, 9.0], [9.0, 3.0]])],
        }
    )
    body = judge(PLAN, outcome, None)

    assert {each["box"]: each["score"] for each in body["boxes"]} == pytest.approx(
        {"DT_iris_acc": 70, "kNN_wine_acc": 50}
    )
    assert body["score"] == pytest.approx(60)
    assert (body["scored"], body["verdict"], body["fatal"]) == (True, "scored", None)


def test_times_are_the_optimizers_own_by_study_and_worst_iteration() -> None:
    (study,) = judge(PLAN, ran({("DT_iris_acc", 0): [make_result([[0.5, 0.5], [0.5, 0.5]])]}), None)["studies"]

    assert (study["construct_time_s"], study["suggest_time_s"], study["observe_time_s"]) == (4.0, 3.0, 0.75)
    assert study["study_time_s"] == 7.75
    assert (study["worst_iteration_s"], study["worst_iteration"]) == (2.25, 2)


def test_a_fatal_error_is_the_verdict_whatever_was_finished_before() -> None:
    fatal = Fatal(Verdict.OUT_OF_RANGE, "x = 9", stage=Stage.SUGGEST, iteration=3, log="text")
    outcome = ran({("DT_iris_acc", 0): [make_result([[0.5, 0.5], [0.5, 0.5]])]}, (("kNN_wine_acc", 1), fatal))
    body = judge(PLAN, outcome, None)

    assert (body["scored"], body["verdict"]) == (False, "out_of_range")
    assert body["fatal"] == {
        "box": "kNN_wine_acc",
        "study": 1,
        "stage": "suggest",
        "iteration": 3,
        "detail": "x = 9",
        "log": "text",
    }


def test_the_report_says_in_which_environment_the_studies_ran(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = ran({("DT_iris_acc", 0): [make_result([[0.5, 0.5], [0.5, 0.5]])]})
    outcome.images = {"modern": "sha256:1", "arena-blackbox:local": "sha256:2"}
    body = judge(replace(PLAN, environment="modern"), outcome, None)

    show_check_report(body | {"baseline": "baseline-16-8.json"})

    assert body["environment"] == "modern"
    assert "environment modern (sha256:1)\n" in capsys.readouterr().out


def test_a_zip_that_is_refused_has_no_verdict() -> None:
    body = judge(PLAN, Outcome(), "It is no zip.")
    assert (body["scored"], body["verdict"], body["refused"], body["score"]) == (False, None, "It is no zip.", None)


@given(st.lists(st.lists(st.floats(0, 1) | st.just(np.nan), min_size=2, max_size=2), min_size=2, max_size=2))
def test_a_study_is_the_same_again_only_bit_for_bit(generalization: list[list[float]]) -> None:
    visible = [[0.5, 0.5], [0.5, 0.25]]
    first, again = (make_result(visible, generalization=generalization) for _ in range(2))
    other = make_result([[0.5, 0.5], [0.5, np.nextafter(0.25, 1)]], generalization=generalization)

    assert judge(PLAN, ran({("DT_iris_acc", 0): [first, again]}), None)["deterministic"] is True
    assert judge(PLAN, ran({("DT_iris_acc", 0): [first, other]}), None)["deterministic"] is False


def test_what_a_good_verdict_hides_is_remarked() -> None:
    study = make_result([[0.5, 0.5], [0.5, 0.5]], cut_off_by=TimeLimit.ITERATION, suggest_errors=2, observe_errors=1)
    body = {**judge(PLAN, ran({("DT_iris_acc", 0): [study]}), None), "baseline": "baseline-16-8.json"}

    found = " ".join(remarks(body))

    for part in (
        "1 study was cut off by the limit of 40 s for an iteration",
        "suggest raised 2 times",
        "observe raised 1 times",
        "Studies of 2 x 2",
    ):
        assert part in found
