"""Turns rows of executions into what the API shows. Pure."""

from collections.abc import Mapping
from dataclasses import asdict

from arena.api.executions import Execution, ExecutionRecord, ExecutionStudy, ExecutionUsage, StudyResult
from arena.api.submissions import BaselineVersion
from arena.rules.seeds import optimizer_seed, study_seed
from services.gateway.executions.tables import ExecutionRow, RecordedExecutionRow, StudyResultRow
from services.gateway.scores import show_score

SAME_NAMES = Execution.model_fields.keys() - {"id", "runner", "usage"}
RECORDED_NAMES = ExecutionRecord.model_fields.keys() - Execution.model_fields.keys() - {"baseline", "studies"}


def show_execution(row: ExecutionRow) -> Execution:
    """Return an execution as lists show it."""
    fields = vars(row)
    return Execution(
        id=row.name,
        runner=row.runner_id,
        usage=ExecutionUsage(**{name: fields[name] for name in ExecutionUsage.model_fields}),
        **{name: fields[name] for name in SAME_NAMES},
    )


def show_record(
    row: RecordedExecutionRow, results: Mapping[int, StudyResultRow], logs: Mapping[int, str]
) -> ExecutionRecord:
    """Return everything on record of an execution, study by study."""
    fields = vars(row)
    has_baseline = row.baseline is not None and row.baseline_version is not None
    return ExecutionRecord(
        **dict(show_execution(row)),
        **{name: fields[name] for name in RECORDED_NAMES},
        baseline=BaselineVersion(name=row.baseline, version=row.baseline_version) if has_baseline else None,
        studies=[
            _show_study(row, study, results.get(study), logs.get(study, ""))
            for study in range(row.first_study, row.first_study + row.n_studies)
        ],
    )


def _show_result(row: StudyResultRow) -> StudyResult:
    fields = asdict(row)
    return StudyResult(score=show_score(fields.pop("loss")), **fields)


def _show_study(row: RecordedExecutionRow, study: int, result: StudyResultRow | None, log: str) -> ExecutionStudy:
    return ExecutionStudy(
        study=study,
        seed=study_seed(row.competition_seed, row.test_case, study),
        optimizer_seed=optimizer_seed(row.competition_seed, row.test_case, study, row.blob_sha256),
        finished=None if result is None else _show_result(result),
        log=log,
    )
