"""The words for states agree with each other."""

from arena.words.states import ExecutionOutcome, ExecutionState, ShardState


def test_an_execution_is_under_way_as_its_shard_is_or_has_one_of_the_outcomes() -> None:
    assert set(ExecutionState) == {ShardState.RELEASED, ShardState.RUNNING, *ExecutionOutcome}
