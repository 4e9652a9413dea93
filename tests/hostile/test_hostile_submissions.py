"""Every file of the hostile set through the HTTP API to the real stack, each beside an honest submission.

A file's header says what is expected of it: `expect` is a verdict, or `refused` for a zip that the gateway does not
take; `stage` and `iteration` are those of its failure, `flags` what is counted and shown (timed_out, suggest_errors,
observe_errors), `reason` a part of the refusal, `alike` that it wrote the same in every black box, `logs` the warnings
that the services may log, `because` why it is so.
"""

import difflib
import importlib.util
from pathlib import Path

import pytest

from arena.words.verdicts import VERDICTS, Verdict
from tests.support.hostile.judge import Judge
from tests.support.zips import BASE, HOSTILE_SET, pack

FILES = sorted(HOSTILE_SET.glob("*/*.py"))
CATEGORIES = ("forge", "peek", "exhaust", "api", "box", "host")
HEADERS = {"expect", "because", "alike", "stage", "iteration", "flags", "reason", "logs"}
REFUSED = "refused"

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),  # scikit-learn's of itself
]


def read_header(path: Path) -> dict[str, str]:
    """The `# name: value` lines at the top of a file."""
    header = {}
    for line in path.read_bytes().splitlines()[:8]:
        name, colon, value = line.removeprefix(b"# ").decode("latin-1").partition(": ")
        if line.startswith(b"# ") and colon and name in HEADERS:
            header[name] = value
    return header


def make_zip(path: Path) -> bytes:
    """The zip of a file: of `box`, what it builds; of the others, themselves."""
    if path.parent.name != "box":
        return pack({"optimizer.py": path.read_bytes(), "honest.py": BASE})
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    content: bytes = module.build()
    return content


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_hostile_optimizer(arena: Judge, path: Path) -> None:
    header = read_header(path)
    answer = await arena.send(make_zip(path))
    if header["expect"] == REFUSED:
        assert answer.status_code == 422, answer.text
        assert header.get("reason", "") in answer.json()["detail"]
    else:
        assert answer.status_code == 202, answer.text
        await judge_one(arena, header, answer.json()["id"])
    assert await arena.leftovers() == {}
    assert arena.unexpected_logs({name.strip() for name in header.get("logs", "").split(",")}) == []


async def judge_one(arena: Judge, header: dict[str, str], submission_id: str) -> None:
    """Check the verdict and everything else that the header says."""
    ended = await arena.beside_an_honest_one(submission_id)
    detail = await arena.detail_of(submission_id)
    assert ended["verdict"] == header["expect"], detail
    assert ended["verdict_sentence"] == VERDICTS[Verdict(header["expect"])].sentence
    assert ended["verdict_detail"] is None, "a team reads nothing that its code wrote of a secret black box"
    assert ended["verdict_stage"] == header.get("stage", ended["verdict_stage"]), detail
    assert str(ended["verdict_iteration"]) == header.get("iteration", str(ended["verdict_iteration"])), detail
    counted = {"timed_out": "studies_timed_out", "suggest_errors": "suggest_errors", "observe_errors": "observe_errors"}
    found = {flag for flag, count in counted.items() if ended[count]}
    if ended["verdict"] == "scored":
        assert found == set(header.get("flags", "").split()), detail
        assert ended["studies_done"] == ended["studies_total"]
        assert await arena.forged_losses(submission_id) == []
    if "alike" in header:
        logs = await arena.logs_of(submission_id)
        assert len(logs) == ended["studies_total"]
        assert len(set(logs)) == 1, "\n".join(difflib.ndiff(logs[0].split("\n"), logs[1].split("\n")))


async def test_the_set_is_whole() -> None:
    headers = {path: read_header(path) for path in FILES}
    wrong = [
        str(path)
        for path, header in headers.items()
        if not {"expect", "because"} <= set(header) or header["expect"] not in {REFUSED, *Verdict}
    ]
    assert wrong == []
    assert {path.parent.name for path in FILES} == set(CATEGORIES)
    assert len(FILES) >= 150
    fatal = {header["expect"] for header in headers.values()} - {REFUSED, "scored"}
    assert fatal == set(Verdict) - {Verdict.SCORED, Verdict.CANCELLED, Verdict.PLATFORM_FAULT}, (
        "each verdict is reached"
    )
