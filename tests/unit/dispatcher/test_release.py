"""What a runner is told of a shard."""

import uuid
from typing import Any

from arena.rules.seeds import names_seed
from arena.words.limits import Limits
from services.dispatcher.release import shard_message
from services.dispatcher.rows import ReleasedShard


def released(**changes: Any) -> ReleasedShard:
    """A shard of two studies that was just released."""
    fields: dict[str, Any] = {
        "shard_id": uuid.uuid4(),
        "attempt": 1,
        "submission_id": uuid.uuid4(),
        "box_id": uuid.uuid4(),
        "first_study": 0,
        "n_studies": 2,
        "family": "sklearn",
        "model": "DT",
        "dataset": "iris",
        "metric": "acc",
        "dataset_sha256": None,
        "signature_wanted": False,
        "n_calls": 3,
        "n_suggestions": 2,
        "limits": Limits().model_dump(),
        "environment": "small",
        "cpus": 1,
        "parameter_names": "visible",
        "runtime": None,
        "blob_sha256": "ab" * 32,
        "competition_seed": "seed",
        "traceparent": None,
    }
    return ReleasedShard(**fields | changes)


def test_a_phase_with_visible_names_draws_no_order_of_names() -> None:
    assert shard_message(released()).names_seed is None


def test_hidden_names_have_one_order_for_all_studies_and_zips_of_a_black_box_and_another_elsewhere() -> None:
    hidden = {"parameter_names": "hidden"}

    seeds = {
        shard_message(released(**hidden, **changes)).names_seed
        for changes in ({}, {"first_study": 7}, {"blob_sha256": "cd" * 32}, {"attempt": 2}, {"n_calls": 9})
    }

    assert seeds == {names_seed("seed", "DT_iris_acc")}
    assert shard_message(released(**hidden, dataset="wine")).names_seed not in seeds
    assert shard_message(released(**hidden, competition_seed="other")).names_seed not in seeds
