"""Messages survive the broker unchanged, and what is not a message is refused."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.messages import StudyFinished, SubmissionAccepted

losses = st.lists(st.lists(st.floats(allow_nan=False), min_size=2, max_size=2), min_size=3, max_size=3)
points = st.dictionaries(st.text(), st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()))


@given(visible=losses, point=points)
def test_a_result_comes_out_of_its_json_bit_for_bit(
    visible: list[list[float]], point: dict[str, bool | int | float | str]
) -> None:
    result = StudyFinished(
        submission_id=uuid4(),
        shard_id=uuid4(),
        attempt=1,
        runner_id="runner",
        box_id=uuid4(),
        study=0,
        visible=visible,
        generalization=visible,
        eval_time_s=visible,
        suggest_time_s=[0.0, 0.1, 0.2],
        observe_time_s=[0.0, 0.1, 0.2],
        construct_time_s=0.1,
        suggestions=[[point, point]] * 3,
        timed_out=False,
        suggest_errors=0,
        observe_errors=0,
    )

    read = StudyFinished.model_validate_json(result.model_dump_json())

    assert read == result
    kinds = [[type(value) for value in each.values()] for row in read.suggestions for each in row]
    assert kinds == [[type(value) for value in point.values()]] * 6


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{}",
        b'{"version": 2, "submission_id": "5b3ee4a0-7f29-4a0e-8a0a-1f2d3c4b5a69"}',
    ],
)
def test_what_is_not_a_message_of_this_version_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError):
        SubmissionAccepted.model_validate_json(body)
