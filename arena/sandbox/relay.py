"""The conversation of one study: what the black box asks is put to the optimizer, within its limits."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import structlog
from prometheus_client import Counter

from arena.sandbox.engine import Container, Engine, InfrastructureFailure
from arena.sandbox.protocol import Answer, BrokenAnswer
from arena.sandbox.stream import StreamEnded, StreamFlooded
from arena.version import code_version
from arena.words.execution import LOG_CHARS, Provenance, Usage
from arena.words.states import Stage
from arena.words.text import clean_text
from arena.words.verdicts import FATAL_VERDICTS, Verdict
from shared.messages import ShardReleased, StudyFinished, StudyTask
from shared.settings import Settings

log = structlog.get_logger()
EVALUATION_CPU = Counter("arena_evaluation_cpu_seconds", "CPU time inside evaluations of black boxes")

DETAIL_CHARS = 4000
LAST_WORDS_TIMEOUT_S = 2
LOG_TIMEOUT_S = 0.005
"""What was written before the last answer has arrived with it; a little later is late."""
USAGE_TIMEOUT_S = 0.01
USAGE_TIMEOUT_SHARE = 0.01
"""How long an engine may take to say what was used: next to nothing of a short study, a part of a long one."""
SIGKILLED = 137
TRUSTED_ATTEMPTS = 2
"""How often a death by SIGKILL that nobody explains is taken for the host's doing."""


class Fatal(Exception):
    """The team's code ended its submission; detail and log are text that every store and page can carry."""

    def __init__(
        self, verdict: Verdict, detail: str, *, stage: Stage = Stage.LOAD, iteration: int = 0, log: str = ""
    ) -> None:
        if verdict not in FATAL_VERDICTS:
            raise ValueError(f"expected a fatal verdict, got {verdict}")
        self.verdict = verdict
        self.detail = clean_text(detail, DETAIL_CHARS)
        self.stage = stage
        self.iteration = iteration
        self.log = log
        self.usage = Usage()
        self.provenance: Provenance | None = None
        super().__init__(f"{verdict}: {self.detail}")


class CutOff(Exception):
    """The optimizer's time is up."""


@dataclass
class StudyMetrics:
    """What the optimizer used and did in one study; seconds by a monotonic clock."""

    construct_time_s: float = 0
    suggest_time_s: list[float] = field(default_factory=list)
    observe_time_s: list[float] = field(default_factory=list)
    iteration_time_s: float = 0
    suggest_errors: int = 0
    observe_errors: int = 0
    timed_out: bool = False

    def add(self, did: str, spent_s: float) -> None:
        """Count the time of one request; loading is not the optimizer's own."""
        match did:
            case "construct":
                self.construct_time_s = spent_s
            case "suggest":
                self.suggest_time_s.append(spent_s)
                self.iteration_time_s = spent_s
            case "observe":
                self.observe_time_s.append(spent_s)
                self.iteration_time_s += spent_s

    @property
    def study_time_s(self) -> float:
        """All of the optimizer's own time so far."""
        return self.construct_time_s + sum(self.suggest_time_s) + sum(self.observe_time_s)


class Relay:
    """Runs one study between two started containers; says by what it raises whose fault an end was."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        blackbox: Container,
        optimizer: Container,
        shard: ShardReleased,
        task: StudyTask,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._blackbox = blackbox
        self._optimizer = optimizer
        self._shard = shard
        self._task = task
        self._tally = StudyMetrics()
        self._stage = Stage.LOAD
        self._iteration = 0
        self._evaluation_left_s = settings.evaluation_timeout_s

    async def run(self, zip_bytes: bytes, dataset_bytes: bytes = b"") -> StudyFinished:
        """Run the study. Raises `Fatal`, after which the black box is ready again, or `InfrastructureFailure`."""
        started = asyncio.get_running_loop().time()
        try:
            finished = await self._run(zip_bytes, dataset_bytes)
        except Fatal as fatal:
            fatal.stage, fatal.iteration, fatal.provenance = self._stage, self._iteration, self._provenance()
            fatal.log, fatal.usage = await self._read_remains(started)
            raise
        return self._report(finished, *await self._read_remains(started))

    async def _run(self, zip_bytes: bytes, dataset_bytes: bytes) -> dict[str, Any]:
        await self._load(zip_bytes)
        shard = self._shard
        study = {"model": shard.model, "dataset": shard.dataset, "metric": shard.metric, "n_calls": shard.n_calls}
        study |= {"n_suggestions": shard.n_suggestions, "signature_wanted": shard.signature_wanted}
        study |= {"dataset_sha256": shard.dataset_sha256, "seed": self._task.seed}
        message = await self._tell_blackbox(study)
        if "dataset_wanted" in message:  # it keeps what it once had
            message = await self._tell_blackbox({"dataset_bytes": len(dataset_bytes)}, dataset_bytes)
        while "ask" in message:
            try:
                answer = await self._put_to_optimizer(message)
            except CutOff:
                self._tally.timed_out = True
                answer = {"timed_out": True}
            except Fatal:
                await self._tell_blackbox({"abort": True})
                raise
            message = await self._tell_blackbox(answer)
        if "verdict" in message:
            raise Fatal(Verdict(message["verdict"]), message["detail"])
        if "finished" not in message:
            raise InfrastructureFailure(f"the black box failed: {message.get('failure', message)}")
        finished: dict[str, Any] = message["finished"]
        return finished

    async def _read_remains(self, started: float) -> tuple[str, Usage]:
        """What the optimizer wrote and used: all that is still wanted of its container."""
        elapsed_s = asyncio.get_running_loop().time() - started
        timeout_s = max(USAGE_TIMEOUT_S, USAGE_TIMEOUT_SHARE * elapsed_s)
        return await asyncio.gather(self._read_log(), self._engine.read_usage(self._optimizer, timeout_s))

    def _provenance(self) -> Provenance:
        return Provenance(
            optimizer_image=self._optimizer.image_id,
            blackbox_image=self._blackbox.image_id,
            code_version=code_version(),
            runtime=self._optimizer.config["HostConfig"]["Runtime"],
        )

    async def _read_log(self) -> str:
        """The end of what the optimizer wrote."""
        stream = self._optimizer.stream
        try:
            async with asyncio.timeout(LOG_TIMEOUT_S):
                await stream.drain()
        except (TimeoutError, StreamFlooded):
            pass  # there is more, but not for us
        return clean_text(stream.stderr_tail, LOG_CHARS)

    async def _load(self, zip_bytes: bytes) -> None:
        limits = self._shard.limits
        request = {"do": "load", "zip_bytes": len(zip_bytes), "unpacked_limit_bytes": limits.unpacked_limit_bytes}
        request["seed"] = self._task.optimizer_seed
        try:
            answer = await self._ask_optimizer(request, limits.study_timeout_s, zip_bytes)
        except CutOff as cut_off:
            detail = f"expected the zip to load within {limits.study_timeout_s:g} s, it did not"
            raise Fatal(Verdict.LOAD_TIMED_OUT, detail) from cut_off
        if answer.error is not None:
            raise Fatal(Verdict.DOES_NOT_LOAD, answer.error)

    async def _put_to_optimizer(self, question: dict[str, Any]) -> dict[str, Any]:
        """One question of the black box, and the answer it gets. Raises `CutOff`, `Fatal`, `InfrastructureFailure`."""
        match question["ask"]:
            case "construct":
                self._stage = Stage.CONSTRUCT
                return await self._construct(question["api_config"])
            case "suggest":
                self._stage = Stage.SUGGEST
                self._iteration += 1
                return await self._suggest(question["n_suggestions"])
            case "observe":
                self._stage = Stage.OBSERVE
                return await self._observe(question)
        raise InfrastructureFailure(f"the black box asked for {question['ask']!r}, which nobody knows")

    async def _construct(self, api_config: dict[str, Any]) -> dict[str, Any]:
        request = {"do": "construct", "api_config": api_config, "seed": self._task.optimizer_seed}
        answer = await self._ask_optimizer(request, self._shard.limits.study_timeout_s)
        if answer.error is not None:
            raise Fatal(Verdict.CONSTRUCTOR_RAISED, answer.error)
        return {}

    async def _suggest(self, n_suggestions: int) -> dict[str, Any]:
        self._tally.iteration_time_s = 0
        request = {"do": "suggest", "n_suggestions": n_suggestions}
        answer = await self._ask_optimizer(request, self._time_left_s())
        if answer.error is not None:
            self._tally.suggest_errors += 1
            return {"error": answer.error}
        return {"points": answer.points}

    async def _observe(self, question: dict[str, Any]) -> dict[str, Any]:
        request = {"do": "observe", "points": question["points"], "losses": question["losses"]}
        answer = await self._ask_optimizer(request, self._time_left_s())
        if answer.error is not None:
            self._tally.observe_errors += 1
            return {"error": answer.error}
        return {}

    def _time_left_s(self) -> float:
        limits = self._shard.limits
        study_left_s = limits.study_timeout_s - self._tally.study_time_s
        return min(study_left_s, limits.iteration_timeout_s - self._tally.iteration_time_s)

    async def _ask_optimizer(self, request: dict[str, Any], timeout_s: float, payload: bytes = b"") -> Answer:
        """Ask, and count the time it takes. Raises `CutOff`, `Fatal`, `InfrastructureFailure`."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(timeout_s):
                return await self._optimizer.request(request, payload)
        except TimeoutError as timeout:
            raise CutOff from timeout
        except BrokenAnswer as broken:
            raise Fatal(Verdict.PROTOCOL_BROKEN, str(broken)) from broken
        except StreamFlooded as flooded:
            raise Fatal(Verdict.OUTPUT_FLOOD, str(flooded)) from flooded
        except StreamEnded as ended:
            raise await self._explain_end() from ended
        finally:
            self._tally.add(request["do"], clock() - started)

    async def _explain_end(self) -> Fatal | InfrastructureFailure:
        """Why the optimizer's streams ended, and so whose fault that is."""
        stream = self._optimizer.stream
        try:
            async with asyncio.timeout(LAST_WORDS_TIMEOUT_S):
                await stream.drain()
        except (TimeoutError, StreamFlooded):
            log.debug("last words cut short", container=self._optimizer.id)
        death = await self._engine.find_cause_of_death(self._optimizer)
        last_words = f"; its last words: {stream.stderr_tail[-3000:]}" if stream.stderr_tail else ""
        match death.cause:
            case "still_running":
                # A process cannot end the attached stream but by its own end: the connection to the engine broke.
                return InfrastructureFailure("the connection to the optimizer container was lost")
            case "out_of_memory":
                limit = self._shard.limits.memory_limit_bytes
                return Fatal(Verdict.OUT_OF_MEMORY, f"expected at most {limit} bytes of memory, it needed more")
            case "killed_from_outside":
                return InfrastructureFailure("the optimizer container was killed from outside")
        if death.exit_code == SIGKILLED and self._shard.attempt <= TRUSTED_ATTEMPTS:
            # The kernel protects a container's first process from its own SIGKILL, so this one came from the host, or
            # the process only says so with its exit code.
            return InfrastructureFailure("the optimizer's process was killed, and nobody says by whom")
        return Fatal(Verdict.PROCESS_DIED, f"the process ended with exit code {death.exit_code}{last_words}")

    async def _tell_blackbox(self, message: dict[str, Any], payload: bytes = b"") -> dict[str, Any]:
        """Send the black box a message and wait for its next, which may take a batch of evaluations."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(self._evaluation_left_s):
                await self._blackbox.stream.send(message, payload)
                return await self._blackbox.receive()
        except TimeoutError as timeout:
            limit = self._settings.evaluation_timeout_s
            raise InfrastructureFailure(
                f"expected a study's evaluations within {limit:g} s, they took longer"
            ) from timeout
        except (StreamEnded, StreamFlooded) as ended:
            last_words = self._blackbox.stream.stderr_tail[-1000:]
            raise InfrastructureFailure(f"the black-box container ended: {ended}; {last_words}") from ended
        finally:
            self._evaluation_left_s -= clock() - started

    def _report(self, finished: dict[str, Any], log_text: str, usage: Usage) -> StudyFinished:
        shard, tally = self._shard, self._tally
        EVALUATION_CPU.inc(finished["evaluation_cpu_s"])
        return StudyFinished(
            submission_id=shard.submission_id,
            shard_id=shard.shard_id,
            attempt=shard.attempt,
            runner_id=self._settings.runner_id,
            box_id=shard.box_id,
            study=self._task.study,
            construct_time_s=tally.construct_time_s,
            suggest_time_s=_pad(tally.suggest_time_s, shard.n_calls),
            observe_time_s=_pad(tally.observe_time_s, shard.n_calls),
            timed_out=tally.timed_out,
            suggest_errors=tally.suggest_errors,
            observe_errors=tally.observe_errors,
            log=log_text,
            usage=usage,
            provenance=self._provenance(),
            **finished,
        )


def _pad(times_s: list[float], n_calls: int) -> list[float]:
    """A time for each iteration: none was spent in those after a cut-off."""
    return times_s + [0.0] * (n_calls - len(times_s))
