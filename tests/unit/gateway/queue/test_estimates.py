"""What measured studies say of the cost of the next."""

from uuid import UUID

import pytest

from services.gateway.queue.estimates import OVERHEAD_S, USUAL_DOUBT, study_times
from services.gateway.queue.tables import StudyTimesRow

PHASE = UUID(int=9)
FAST, SLOW, NEW = (UUID(int=number) for number in (1, 2, 3))


def row(submission: UUID, box: int, seconds: float, studies: int = 10, variance: float = 0.0) -> StudyTimesRow:
    return StudyTimesRow(PHASE, submission, UUID(int=100 + box), studies, seconds - OVERHEAD_S, variance)


def test_the_usual_cost_is_the_mean_over_black_boxes_however_many_studies_each_has() -> None:
    times = study_times([row(FAST, 0, 1.0, studies=90), row(FAST, 1, 9.0, studies=10)])

    assert times.usual.seconds == pytest.approx(5.0)
    assert times.usual.doubt == USUAL_DOUBT


def test_a_submission_is_as_fast_as_its_own_studies_the_more_so_the_more_there_are() -> None:
    few = study_times([row(FAST, 0, 2.0, studies=1), row(SLOW, 0, 6.0, studies=1)])
    many = study_times([row(FAST, 0, 2.0, studies=100), row(SLOW, 0, 6.0, studies=100)])

    assert 2.0 < many.cost(FAST).seconds < few.cost(FAST).seconds < 4.0 < few.cost(SLOW).seconds
    assert many.cost(FAST).seconds == pytest.approx(2.0, rel=0.05)
    assert many.cost(NEW).seconds == pytest.approx(4.0)
    assert many.cost(FAST).doubt < few.cost(FAST).doubt < few.cost(NEW).doubt


def test_noise_is_what_studies_differ_by_within_and_between_black_boxes() -> None:
    assert study_times([row(FAST, 0, 4.0)]).usual.noise == 0
    assert study_times([row(FAST, 0, 4.0, variance=4.0)]).usual.noise == pytest.approx(0.5)
    assert study_times([row(FAST, 0, 2.0), row(FAST, 1, 6.0)]).usual.noise == pytest.approx(0.5)
