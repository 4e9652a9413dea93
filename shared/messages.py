"""The bodies of every message on the broker. Each class names its routing key.

`shared/broker/topology.py` says in which queue a message waits.
"""

from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from arena.words.cut_off import TimeLimit
from arena.words.environments import DEFAULT_ENVIRONMENT, SKLEARN
from arena.words.execution import LOG_CHARS, Provenance, Usage
from arena.words.limits import Cpus, Limits
from arena.words.names import Environment, FamilyName
from arena.words.states import Stage, SubmissionState
from arena.words.verdicts import Verdict
from shared.shard_class import ShardClass, study_memory_mib

Losses = list[list[float]]
"""Shape (n_calls, n_suggestions); `inf` stands for an evaluation that raised."""


Suggestion = dict[str, Any]
"""A point: a bool, int, float or str by parameter name. Any, because checking 128 points takes a fifth of the time of
reading."""


class Message(BaseModel):
    """A message body. A reader passes over fields that it does not know: those that a newer service has added.

    It refuses a version that it does not know, so that the message is dead-lettered, not misread.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="constants")
    key: ClassVar[str]
    version: Literal[1] = 1
    _traceparent: str | None = PrivateAttr(default=None)

    @property
    def traceparent(self) -> str | None:
        """What its sender did, in the message's header and not in its body; see `shared/tracing/context.py`."""
        return self._traceparent

    def following(self, traceparent: str | None) -> Self:
        """Return it with the traceparent from which its handling follows."""
        self._traceparent = traceparent
        return self

    @property
    def routing_key(self) -> str:
        """The key under which it is published: `key`, and what comes after it where each receiver takes a part."""
        return self.key


class SubmissionAccepted(Message):
    """Gateway to dispatcher: there is a queued submission to look at."""

    key = "submission.accepted"
    submission_id: UUID


class SubmissionEnded(Message):
    """To dispatcher and runners: whatever still waits of this submission is dropped, and whatever runs is killed."""

    key = "submission.ended"
    submission_id: UUID
    state: SubmissionState


class StudyTask(BaseModel):
    """One study of a shard: its index within the black box, and the seeds of its two sides."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    study: int = Field(ge=0)
    seed: int = Field(ge=0, lt=2**32)
    optimizer_seed: int = Field(ge=0, lt=2**32)


class ShardReleased(Message):
    """Dispatcher to runners: one attempt at a shard, with everything a runner needs to know.

    `dataset_sha256` is the blob of the organizer's own data set, none for one that Bayesmark brings; the optimizer runs
    in `environment` on so many `cpus`; its container's `runtime` is the runner's own unless the phase names another.
    `names_seed` draws the order in which the optimizer sees hidden parameter names, none for visible ones. A problem of
    a `family` other than Bayesmark's own is named by `model` alone.
    """

    key = "shard.released"
    shard_id: UUID
    attempt: int = Field(ge=1)
    submission_id: UUID
    box_id: UUID
    model: str
    dataset: str
    metric: str
    studies: Annotated[list[StudyTask], Field(min_length=1)]
    n_calls: int = Field(ge=1)
    n_suggestions: int = Field(ge=1)
    limits: Limits
    blob_sha256: str
    signature_wanted: bool
    dataset_sha256: str | None = None
    environment: Environment = DEFAULT_ENVIRONMENT
    cpus: Cpus = 1
    names_seed: int | None = Field(default=None, ge=0, lt=2**32)
    runtime: str | None = None
    family: FamilyName = Field(default=SKLEARN, exclude_if=lambda family: family == SKLEARN)
    """Left out for Bayesmark's own family: runners of before families refuse a field that they do not know."""

    @property
    def shard_class(self) -> ShardClass:
        """Which runners can run it."""
        return ShardClass(self.environment, self.cpus, study_memory_mib(self.limits), self.family)

    @property
    def routing_key(self) -> str:
        """The key with the name of its class, which has a queue of its own."""
        return f"{self.key}.{self.shard_class.name}"


class StudyEnded(Message):
    """What the two ends of a study have in common.

    `log` is the end of what the optimizer wrote, cleaned of control characters; `usage` is what its container used.
    """

    submission_id: UUID
    shard_id: UUID
    attempt: int = Field(ge=1)
    runner_id: str
    box_id: UUID
    study: int = Field(ge=0)
    log: str = Field(default="", max_length=LOG_CHARS)
    usage: Usage = Usage()
    provenance: Provenance | None = None


class StudyFinished(StudyEnded):
    """Runner to aggregator: the result of one study, as trusted code computed it.

    `visible`, `generalization` and `eval_time_s` have shape (n_calls, n_suggestions); `suggest_time_s` and
    `observe_time_s` have shape (n_calls,); `suggestions` has n_calls lists of n_suggestions points. `signature` is
    Bayesmark's five-evaluation signature of the test problem, sent when the shard asked for it. `evaluation_cpu_s` is
    the CPU time of all evaluations. `cut_off_by` is the limit past which the optimizer was cut off, if it `timed_out`.
    """

    key = "study.finished"
    visible: Losses
    generalization: Losses
    eval_time_s: Losses
    evaluation_cpu_s: float | None = Field(default=None, ge=0)
    suggest_time_s: list[float]
    observe_time_s: list[float]
    construct_time_s: float
    suggestions: list[list[Suggestion]]
    timed_out: bool
    cut_off_by: TimeLimit | None = None
    suggest_errors: int = Field(ge=0)
    observe_errors: int = Field(ge=0)
    signature: list[float] | None = None


class StudyFatal(StudyEnded):
    """Runner to aggregator: a study ended in a way that ends its whole submission.

    `iteration` counts from 1 and is 0 before the first; `detail` and `log` are not for teams, except on practice boxes.
    """

    key = "study.fatal"
    verdict: Verdict
    stage: Stage
    iteration: int = Field(ge=0)
    detail: str = Field(max_length=4000)


class ShardUnfinished(Message):
    """Runner to dispatcher: this attempt ended without a result and without the team's fault.

    `handed_back` is a runner that shuts down or cannot run it any more; `infrastructure_failure` counts towards an
    incident.
    """

    key = "shard.unfinished"
    shard_id: UUID
    attempt: int = Field(ge=1)
    runner_id: str
    outcome: Literal["handed_back", "infrastructure_failure"]
    detail: str = Field(max_length=4000)


class ShardsFinished(Message):
    """Aggregator to dispatcher: shards have ended, so others may be released."""

    key = "shard.finished"


class HeldShard(BaseModel):
    """One (shard, attempt) that a runner has in hand."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    shard_id: UUID
    attempt: int = Field(ge=1)


class RunnerHeartbeat(Message):
    """Runner to dispatcher: alive, whether it takes work, and what it has in hand; it extends those shards' leases.

    Each slot has a CPU. `memory_bytes` is what it has for studies, none if it does not say. `environments` are those
    that it can run: the digest of the image by name. So are `families`, which it has besides Bayesmark's own.
    """

    key = "runner.heartbeat"
    runner_id: str
    slots: int = Field(ge=0)
    memory_bytes: int | None = Field(default=None, ge=0)
    environments: dict[str, str] = Field(default_factory=dict)
    families: dict[str, str] = Field(default_factory=dict)
    ready: bool
    reason: str = ""
    held: list[HeldShard]


class ShardsRevoked(Message):
    """Dispatcher to one runner: these attempts are superseded or their submission ended; stop them."""

    key = "shard.revoked"
    runner_id: str
    revoked: list[HeldShard]


class LogStreamRequested(Message):
    """Gateway to runners: somebody wants to read what this attempt's optimizer writes, for this long from now.

    It is sent again before the time is over; 0 says that nobody wants to any more.
    """

    key = "log.requested"
    stream_id: UUID
    shard_id: UUID
    attempt: int = Field(ge=1)
    expires_in_s: float = Field(ge=0, le=60)


class LogWritten(Message):
    """Runner to the gateway that streams the log: what the optimizer wrote in this study since the last message."""

    key = "live.log"
    stream_id: UUID
    study: int = Field(ge=0)
    text: str = Field(max_length=LOG_CHARS)


class PhaseChanged(Message):
    """To gateways: the phase's rows have changes up to this number; look."""

    key = "live.phase"
    phase_id: UUID
    change: int


SubmissionMessage = SubmissionAccepted | SubmissionEnded
ResultMessage = StudyFinished | StudyFatal
