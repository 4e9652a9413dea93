"""An old and a new service understand each other: a version of messages gains fields and loses none."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from arena.words.limits import Limits
from shared import messages
from shared.broker.topology import BROKER_USERS
from shared.messages import Message

ID = "5b3ee4a0-7f29-4a0e-8a0a-1f2d3c4b5a69"
HELD = {"shard_id": ID, "attempt": 1}
STUDY = {"submission_id": ID, "shard_id": ID, "attempt": 1, "runner_id": "runner", "box_id": ID, "study": 0}
SHARD = {
    "shard_id": ID,
    "attempt": 1,
    "submission_id": ID,
    "box_id": ID,
    "model": "DT",
    "dataset": "iris",
    "metric": "acc",
    "studies": [{"study": 0, "seed": 1, "optimizer_seed": 2}],
    "n_calls": 1,
    "n_suggestions": 1,
    "limits": Limits().model_dump(),
    "blob_sha256": "00",
    "signature_wanted": False,
}
FINISHED = {
    "visible": [[0.5]],
    "generalization": [[0.5]],
    "eval_time_s": [[0.5]],
    "suggest_time_s": [0.5],
    "observe_time_s": [0.5],
    "construct_time_s": 0.5,
    "suggestions": [[{"x": 1}]],
    "timed_out": False,
    "suggest_errors": 0,
    "observe_errors": 0,
}
RAN_BY = {"optimizer_image": "a", "blackbox_image": "b", "code_version": "c", "runtime": "runc"}
FIRST_OF_VERSION_1: dict[type[Message], dict[str, Any]] = {
    messages.SubmissionAccepted: {"submission_id": ID},
    messages.SubmissionEnded: {"submission_id": ID, "state": "failed"},
    messages.ShardReleased: SHARD,
    messages.StudyFinished: STUDY | FINISHED,
    messages.StudyFatal: STUDY | {"verdict": "out_of_memory", "stage": "suggest", "iteration": 1, "detail": ""},
    messages.ShardUnfinished: HELD | {"runner_id": "runner", "outcome": "handed_back", "detail": ""},
    messages.ShardsFinished: {},
    messages.RunnerHeartbeat: {"runner_id": "runner", "slots": 2, "ready": True, "held": [HELD]},
    messages.ShardsRevoked: {"runner_id": "runner", "revoked": [HELD]},
    messages.LogStreamRequested: {"stream_id": ID, "shard_id": ID, "attempt": 1, "expires_in_s": 1.0},
    messages.LogWritten: {"stream_id": ID, "study": 0, "text": ""},
    messages.PhaseChanged: {"phase_id": ID, "change": 1},
}
"""The bodies that the oldest services of version 1 may send. A field is added to no line here: it would be required."""


def objects(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return a body and all objects in it that can gain fields."""
    yield body
    for name in ("studies", "held", "revoked"):
        yield from body.get(name, [])
    for name in ("usage", "provenance"):
        if name in body:
            yield body[name]


def test_every_message_that_is_sent_has_a_first_body() -> None:
    assert set(FIRST_OF_VERSION_1) == {message for user in BROKER_USERS for message in user.publishes}


@pytest.mark.parametrize("kind", FIRST_OF_VERSION_1)
def test_a_new_reader_understands_an_old_writer_who_sends_none_of_the_fields_added_since(kind: type[Message]) -> None:
    read = kind.model_validate_json(json.dumps({"version": 1} | FIRST_OF_VERSION_1[kind]))

    assert read.version == 1


@pytest.mark.parametrize("kind", FIRST_OF_VERSION_1)
def test_an_old_reader_understands_a_new_writer_and_passes_over_the_fields_added_since(kind: type[Message]) -> None:
    more = {"usage": {}, "provenance": RAN_BY} if issubclass(kind, messages.StudyEnded) else {}
    body = json.loads(json.dumps({"version": 1} | FIRST_OF_VERSION_1[kind] | more))
    known = kind.model_validate_json(json.dumps(body))

    for each in list(objects(body)):
        each["added_later"] = {"by": "a newer service"}

    assert kind.model_validate_json(json.dumps(body)) == known
