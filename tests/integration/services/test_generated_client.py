"""A client that is generated from the API's description submits, and reads its score and its problems."""

import asyncio
import json
import re
import sys
from pathlib import Path

from benchmarks.stack.null_engine import NullSlot
from shared.blobs import Blobs
from shared.broker.connection import Broker
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip
from tests.support.service_settings import PlatformSettings
from tests.support.services.pipeline import control, runner, running
from tests.support.stack import ROOT
from tests.support.waiting import limited

LINES = "GET /api/v1/admin/competitions/{slug}/phases/{phase}/export"
"""The route that answers with lines of JSON, for which the generator makes no code."""
PROGRAM = """
import json, sys, time
from arena_api import AuthenticatedClient
from arena_api.api.leaderboard import get_leaderboard
from arena_api.api.submissions import get_submission, submit
from arena_api.models import Leaderboard, ProblemBody, ProblemCode, Submission, SubmissionState, SubmitForm
from arena_api.types import File

url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=token)
with open("optimizer.zip", "rb") as file:
    form = SubmitForm(file=File(payload=file, file_name="optimizer.zip"), phase="feedback")
    submission = submit.sync("c", client=client, body=form)
assert isinstance(submission, Submission), submission
while submission.state in {SubmissionState.QUEUED, SubmissionState.RUNNING}:
    time.sleep(0.05)
    submission = get_submission.sync(submission.id, client=client)
    assert isinstance(submission, Submission), submission
leaderboard = get_leaderboard.sync("c", client=client)
assert isinstance(leaderboard, Leaderboard), leaderboard
problem = get_leaderboard.sync("nowhere", client=client)
assert isinstance(problem, ProblemBody), problem
assert problem.code is ProblemCode.NO_SUCH_COMPETITION
json.dump({"score": submission.score, "rows": [row.score for row in leaderboard.rows]}, sys.stdout)
"""


async def run(folder: Path, *arguments: str | Path) -> tuple[str, str]:
    """Run Python in a folder; returns its output and its errors."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments), cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode(), errors.decode()


async def test_a_generated_client_submits_and_reads_its_score(
    settings: PlatformSettings, gateway: Gateway, blobs: Blobs, runner_broker: Broker, tmp_path: Path
) -> None:
    description = ROOT / "docs/reference/openapi.json"
    (await gateway.apply(competition())).raise_for_status()
    team = await gateway.organizer.post("/api/v1/admin/competitions/c/teams", json={"name": "ada"})
    folder = tmp_path / "generated"
    folder.mkdir()
    (folder / "optimizer.zip").write_bytes(make_zip())

    generator = ("-m", "openapi_python_client", "generate", "--meta", "none", "--output-path", "arena_api")
    _, said = await run(folder, *generator, "--path", description)
    assert re.findall("WARNING parsing (.*)", said) == [f"{LINES} within export."]
    async with control(settings), running(runner(runner_broker, blobs, settings, [NullSlot()]).run), limited():
        printed, _ = await run(folder, "-c", PROGRAM, gateway.url, team.raise_for_status().json()["token"])

    shown = json.loads(printed)
    assert shown["score"] is not None
    assert shown["rows"] == [shown["score"]]
