"""The conversation of one study: the black box's questions are put to the optimizer, within its limits."""

import asyncio
from typing import Any

import structlog
from pydantic import ValidationError

from arena.sandbox.engine.container import Container
from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.death import explain_death
from arena.sandbox.engine.stream import STDERR_TAIL_BYTES, Payload, StreamEnded, StreamFlooded, payload_size
from arena.sandbox.protocol import Answer, BrokenAnswer, StudyReport
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.study import Fatal, InfrastructureFailure, StudyOutcome, StudySpec
from arena.sandbox.study_metrics import StudyMetrics
from arena.version import code_version
from arena.words.cut_off import TimeLimit
from arena.words.environments import SKLEARN, environment_name
from arena.words.execution import Provenance, Usage, keep_end
from arena.words.states import Stage
from arena.words.verdicts import Verdict

log = structlog.get_logger()

LAST_WORDS_TIMEOUT_S = 2
LAST_WORDS_CHARS = 3000
LOG_TIMEOUT_S = 0.005
"""Whatever was written before the last answer has arrived with it; this allows for a little more."""
USAGE_TIMEOUT_S = 0.01
USAGE_TIMEOUT_SHARE = 0.01
"""How long an engine may take to say what was used: very little for a short study, and a share of a long one."""


class TimeIsUp(Exception):
    """The optimizer has used all of the time that a limit allows."""

    def __init__(self, limit: TimeLimit) -> None:
        super().__init__(limit)
        self.limit = limit


class Relay:
    """Runs one study between two started containers; says by what it raises whose fault an end was."""

    def __init__(
        self,
        engine: Engine,
        settings: SandboxSettings,
        blackbox: Container,
        optimizer: Container,
        spec: StudySpec,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._blackbox = blackbox
        self._optimizer = optimizer
        self._spec = spec
        self._metrics = StudyMetrics()
        self._stage = Stage.LOAD
        self._iteration = 0
        self._evaluation_left_s = settings.evaluation_timeout_s

    async def run(self, zip_file: Payload, dataset_bytes: bytes = b"") -> StudyOutcome:
        """Run the study. Raises `Fatal`, after which the black box is ready again, or `InfrastructureFailure`."""
        started = asyncio.get_running_loop().time()
        try:
            report = await self._run(zip_file, dataset_bytes)
        except Fatal as fatal:
            fatal.stage, fatal.iteration, fatal.provenance = self._stage, self._iteration, self._provenance()
            fatal.log, fatal.usage = await self._read_remains(started)
            raise
        return self._result(report, *await self._read_remains(started))

    async def _run(self, zip_file: Payload, dataset_bytes: bytes) -> StudyReport:
        await self._load(zip_file)
        message = await self._tell_blackbox(_describe(self._spec))
        if "dataset_wanted" in message:  # it keeps what it once had
            message = await self._tell_blackbox({"dataset_bytes": len(dataset_bytes)}, dataset_bytes)
        while "ask" in message:
            try:
                answer = await self._put_to_optimizer(message)
            except TimeIsUp as time_is_up:
                self._metrics.cut_off_by = time_is_up.limit
                answer = {"timed_out": True}
            except Fatal:
                await self._tell_blackbox({"abort": True})
                raise
            message = await self._tell_blackbox(answer)
        if "verdict" in message:
            raise Fatal(Verdict(message["verdict"]), message["detail"])
        if "finished" not in message:
            raise InfrastructureFailure(f"the black box failed: {message.get('failure', message)}")
        try:
            return StudyReport.model_validate(message["finished"])
        except ValidationError as error:
            raise InfrastructureFailure(f"expected the result of a study from the black box, got {error}") from error

    async def _read_remains(self, started: float) -> tuple[str, Usage]:
        """What the optimizer wrote and used: all that is still wanted of its container."""
        elapsed_s = asyncio.get_running_loop().time() - started
        timeout_s = max(USAGE_TIMEOUT_S, USAGE_TIMEOUT_SHARE * elapsed_s)
        return await asyncio.gather(self._read_log(), self._engine.read_usage(self._optimizer, timeout_s))

    def _provenance(self) -> Provenance:
        return Provenance(
            environment=environment_name(self._spec.environment),
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
            pass  # there is more, and we do not read it
        return keep_end(stream.stderr_tail, stream.stderr_bytes, STDERR_TAIL_BYTES)

    async def _load(self, zip_file: Payload) -> None:
        limits = self._spec.limits
        request = {
            "do": "load",
            "zip_bytes": payload_size(zip_file),
            "unpacked_limit_bytes": limits.unpacked_limit_bytes,
        }
        request["seed"] = self._spec.optimizer_seed
        try:
            answer = await self._ask_optimizer(request, (limits.study_timeout_s, TimeLimit.STUDY), zip_file)
        except TimeIsUp as time_is_up:
            detail = f"expected the zip to load within {limits.study_timeout_s:g} s, it did not"
            raise Fatal(Verdict.LOAD_TIMED_OUT, detail) from time_is_up
        if answer.error is not None:
            raise Fatal(Verdict.DOES_NOT_LOAD, answer.error)

    async def _put_to_optimizer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question of the black box. Raises `TimeIsUp`, `Fatal`, `InfrastructureFailure`."""
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
        request = {"do": "construct", "api_config": api_config, "seed": self._spec.optimizer_seed}
        answer = await self._ask_optimizer(request, (self._spec.limits.study_timeout_s, TimeLimit.STUDY))
        if answer.error is not None:
            raise Fatal(Verdict.CONSTRUCTOR_RAISED, answer.error)
        return {}

    async def _suggest(self, n_suggestions: int) -> dict[str, Any]:
        self._metrics.iteration_time_s = 0
        request = {"do": "suggest", "n_suggestions": n_suggestions}
        answer = await self._ask_optimizer(request, self._time_left())
        if answer.error is not None:
            self._metrics.suggest_errors += 1
            return {"error": answer.error}
        return {"points": answer.points}

    async def _observe(self, question: dict[str, Any]) -> dict[str, Any]:
        request = {"do": "observe", "points": question["points"], "losses": question["losses"]}
        answer = await self._ask_optimizer(request, self._time_left())
        if answer.error is not None:
            self._metrics.observe_errors += 1
            return {"error": answer.error}
        return {}

    def _time_left(self) -> tuple[float, TimeLimit]:
        """How many seconds the optimizer has left, and of which limit."""
        limits, metrics = self._spec.limits, self._metrics
        return min(
            (limits.study_timeout_s - metrics.study_time_s, TimeLimit.STUDY),
            (limits.iteration_timeout_s - metrics.iteration_time_s, TimeLimit.ITERATION),
        )

    async def _ask_optimizer(
        self, request: dict[str, Any], time_left: tuple[float, TimeLimit], payload: Payload = b""
    ) -> Answer:
        """Ask, and count the time it takes. Raises `TimeIsUp`, `Fatal`, `InfrastructureFailure`."""
        timeout_s, limit = time_left
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(timeout_s):
                return await self._optimizer.request(request, payload)
        except TimeoutError as timeout:
            raise TimeIsUp(limit) from timeout
        except BrokenAnswer as broken:
            raise Fatal(Verdict.PROTOCOL_BROKEN, str(broken)) from broken
        except StreamFlooded as flooded:
            raise Fatal(Verdict.OUTPUT_FLOOD, str(flooded)) from flooded
        except StreamEnded as ended:
            raise await self._explain_end() from ended
        finally:
            self._metrics.add(request["do"], clock() - started)

    async def _explain_end(self) -> Fatal | InfrastructureFailure:
        """Why the optimizer's streams ended, and so whose fault that is."""
        stream = self._optimizer.stream
        try:
            async with asyncio.timeout(LAST_WORDS_TIMEOUT_S):
                await stream.drain()
        except (TimeoutError, StreamFlooded):
            log.debug("last words cut short", container=self._optimizer.id)
        death = await self._engine.find_cause_of_death(self._optimizer)
        limit = self._spec.limits.memory_limit_bytes
        return explain_death(
            death, stream.stderr_tail[-LAST_WORDS_CHARS:], memory_limit_bytes=limit, attempt=self._spec.attempt
        )

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

    def _result(self, report: StudyReport, log_text: str, usage: Usage) -> StudyOutcome:
        metrics, n_calls = self._metrics, self._spec.n_calls
        return StudyOutcome(
            visible=report.visible,
            generalization=report.generalization,
            eval_time_s=report.eval_time_s,
            evaluation_cpu_s=report.evaluation_cpu_s,
            suggestions=report.suggestions,
            signature=report.signature,
            construct_time_s=metrics.construct_time_s,
            suggest_time_s=_fill_up(metrics.suggest_time_s, n_calls),
            observe_time_s=_fill_up(metrics.observe_time_s, n_calls),
            cut_off_by=metrics.cut_off_by,
            suggest_errors=metrics.suggest_errors,
            observe_errors=metrics.observe_errors,
            log=log_text,
            usage=usage,
            provenance=self._provenance(),
        )


def _describe(spec: StudySpec) -> dict[str, Any]:
    """A study as the black box is asked for it."""
    return {
        "problem": None if spec.family == SKLEARN else spec.model,
        "model": spec.model,
        "dataset": spec.dataset,
        "metric": spec.metric,
        "n_calls": spec.n_calls,
        "n_suggestions": spec.n_suggestions,
        "signature_wanted": spec.signature_wanted,
        "dataset_sha256": spec.dataset_sha256,
        "seed": spec.seed,
        "names_seed": spec.names_seed,
    }


def _fill_up(times_s: list[float], n_calls: int) -> list[float]:
    """A time for each iteration: none was spent in those after the optimizer's time was up."""
    return times_s + [0.0] * (n_calls - len(times_s))
