"""Messages of the broker and studies of the sandbox say the same."""

import uuid

from arena.sandbox.study import Fatal, StudyOutcome
from arena.words.execution import Provenance, Usage
from arena.words.limits import Limits
from arena.words.states import Stage
from arena.words.verdicts import Verdict
from services.runner.study_messages import study_fatal, study_finished, study_spec
from shared.messages import ShardReleased, StudyFatal, StudyFinished, StudyTask

TASK = StudyTask(study=3, seed=1, optimizer_seed=2)
SHARD = ShardReleased(
    shard_id=uuid.uuid4(),
    attempt=2,
    submission_id=uuid.uuid4(),
    box_id=uuid.uuid4(),
    model="DT",
    dataset="iris",
    metric="acc",
    studies=[TASK],
    n_calls=1,
    n_suggestions=2,
    limits=Limits(pids_limit=7),
    blob_sha256="0" * 64,
    signature_wanted=True,
    dataset_sha256="1" * 64,
    environment="modern",
    cpus=2,
    names_seed=4,
    runtime="a runtime",
)
RESULT = StudyOutcome(
    visible=[[0.5, float("inf")]],
    generalization=[[0.25, 0.125]],
    eval_time_s=[[1.0, 2.0]],
    evaluation_cpu_s=2.5,
    suggest_time_s=[0.1],
    observe_time_s=[0.2],
    construct_time_s=0.3,
    suggestions=[[{"x": 1}, {"x": 2}]],
    cut_off_by=None,
    suggest_errors=1,
    observe_errors=2,
    signature=[0.1] * 5,
    log="hello",
    usage=Usage(cpu_s=1.0, memory_peak_bytes=2),
    provenance=Provenance(optimizer_image="o", blackbox_image="b", code_version="c", runtime="runc"),
)


def test_a_study_is_run_as_it_was_released() -> None:
    spec = study_spec(SHARD, TASK)

    assert spec.execution == f"{SHARD.shard_id}-2"
    assert (spec.study, spec.seed, spec.optimizer_seed, spec.attempt) == (3, 1, 2, 2)
    for name in ("model", "dataset", "metric", "n_calls", "n_suggestions", "limits", "dataset_sha256", "names_seed"):
        assert getattr(spec, name) == getattr(SHARD, name)
    assert (spec.environment, spec.cpus, spec.runtime, spec.signature_wanted) == ("modern", 2, "a runtime", True)


def test_a_result_reaches_the_aggregator_whole() -> None:
    sent = study_finished(SHARD, TASK, "runner-1", RESULT)

    read = StudyFinished.model_validate_json(sent.model_dump_json())

    assert (read.submission_id, read.shard_id, read.box_id) == (SHARD.submission_id, SHARD.shard_id, SHARD.box_id)
    assert (read.attempt, read.runner_id, read.study) == (2, "runner-1", 3)
    assert {name: getattr(read, name) for name in vars(RESULT)} == vars(RESULT)


def test_a_fatal_end_reaches_the_aggregator_whole() -> None:
    fatal = Fatal(Verdict.PROCESS_DIED, "exit code 1", stage=Stage.SUGGEST, iteration=4, log="bye")
    fatal.usage, fatal.provenance = RESULT.usage, RESULT.provenance

    read = StudyFatal.model_validate_json(study_fatal(SHARD, TASK, "runner-1", fatal).model_dump_json())

    assert (read.verdict, read.stage, read.iteration, read.detail, read.log) == (
        Verdict.PROCESS_DIED,
        Stage.SUGGEST,
        4,
        "exit code 1",
        "bye",
    )
    assert (read.usage, read.provenance, read.study) == (RESULT.usage, RESULT.provenance, 3)
