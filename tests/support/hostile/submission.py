"""A file of the hostile set: what its header says of it, its zip, and what has to come of it.

A file's header says what is expected of it: `expect` is a verdict, or `refused` for a zip that the gateway does not
take; `stage` and `iteration` are those of its failure, `flags` what is counted and shown (timed_out, suggest_errors,
observe_errors), `reason` a part of the refusal, `alike` that it wrote the same in every black box, `logs` the warnings
that the services may log, `because` why it is so. `runsc` is the verdict under that runtime, or are
those of which one comes first, where it is another one.
"""

import difflib
import importlib.util
from pathlib import Path

from arena.words.verdicts import VERDICTS, Verdict
from tests.support.hostile.judge import Judge
from tests.support.zips import BASE, HOSTILE_SET, pack

CATEGORIES = ("forge", "peek", "exhaust", "api", "box", "host")
FILES = sorted(path for category in CATEGORIES for path in (HOSTILE_SET / category).glob("*.py"))
HEADERS = {"expect", "because", "alike", "stage", "iteration", "flags", "reason", "logs", "runsc"}
REFUSED = "refused"


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


async def judge_file(arena: Judge, path: Path, runtime: str = "runc") -> None:
    """Send a file's zip, and check its end, what it left behind and what the services logged."""
    header = read_header(path)
    if runtime in header:
        header |= {"expect": header[runtime], "flags": ""}
    if runtime != "runc":
        header["may_time_out"] = "yes"  # what asks much of a kernel takes longer in one that is a program
    answer = await arena.send(make_zip(path))
    if header["expect"] == REFUSED:
        assert answer.status_code == 422, answer.text
        assert header.get("reason", "") in answer.json()["detail"]
    else:
        assert answer.status_code == 202, answer.text
        await _judge_one(arena, header, answer.json()["id"])
    assert await arena.leftovers() == {}
    assert arena.unexpected_logs({name.strip() for name in header.get("logs", "").split(",")}) == []


async def _judge_one(arena: Judge, header: dict[str, str], submission_id: str) -> None:
    """Check the verdict and everything else that the header says."""
    ended = await arena.beside_an_honest_one(submission_id)
    detail = await arena.detail_of(submission_id)
    assert ended["verdict"] in header["expect"].split(), detail
    assert ended["verdict_sentence"] == VERDICTS[Verdict(ended["verdict"])].sentence
    assert ended["verdict_detail"] is None, "a team reads nothing that its code wrote of a secret black box"
    assert ended["verdict_stage"] == header.get("stage", ended["verdict_stage"]), detail
    assert str(ended["verdict_iteration"]) == header.get("iteration", str(ended["verdict_iteration"])), detail
    counted = {"timed_out": "studies_timed_out", "suggest_errors": "suggest_errors", "observe_errors": "observe_errors"}
    found = {flag for flag, count in counted.items() if ended[count]}
    if ended["verdict"] == "scored":
        slow = {"timed_out"} if "may_time_out" in header else set()
        assert found - slow == set(header.get("flags", "").split()) - slow, detail
        assert ended["studies_done"] == ended["studies_total"]
        assert await arena.forged_losses(submission_id) == []
    if "alike" in header:
        logs = await arena.logs_of(submission_id)
        assert len(logs) == ended["studies_total"]
        assert len(set(logs)) == 1, "\n".join(difflib.ndiff(logs[0].split("\n"), logs[1].split("\n")))
