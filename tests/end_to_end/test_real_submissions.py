"""Submissions as people really write them, from a folder that is not in the repository, through the whole platform.

ARENA_REAL_SUBMISSIONS names the folder. Each folder in it is packed for the environment that
ARENA_REAL_SUBMISSIONS_ENVIRONMENT says (such as `turbo=modern,random=small`), else for that of its arena.toml, else for
`classic`, as each of 2020 would be. Each zip in it is sent as it is. All are run on the same black boxes, a table says
what came of them, and all must be scored.
"""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from arena.client.http import Client
from arena.failure import Failure
from arena.pack.folder import pack_folder
from arena.table import Heading, TextTable, tab_separated
from tests.support.end_to_end.competition import EXAMPLES, ORGANIZER
from tests.support.service_settings import PlatformSettings
from tests.support.stack import running_services
from tests.support.waiting import wait_until

FOLDER = os.environ.get("ARENA_REAL_SUBMISSIONS")
STATED = os.environ.get("ARENA_REAL_SUBMISSIONS_ENVIRONMENT", "")
STUDY_LIMIT_S = 2000.0
"""What a study may take by the rules: loading, suggesting and evaluating."""
PUBLIC_BOXES = [("DT", "iris", "acc"), ("SVM", "wine", "nll"), ("lasso", "diabetes", "mse")]
HEADINGS = ["submission", "environment", "verdict", "score", "suggest errors", "observe errors", "what happened"]
COMPETITION: dict[str, Any] = {
    "name": "Real submissions",
    "seed": "real-submissions",
    "black_boxes": [
        {"label": "-".join(box), **dict(zip(("model", "dataset", "metric"), box, strict=True))} for box in PUBLIC_BOXES
    ],
    "phases": [
        {
            "name": "practice",
            "practice": True,
            "baseline": "official",
            "boxes": ["-".join(box) for box in PUBLIC_BOXES],
            "studies_per_box": 1,
            "environments": ["small", "classic", "modern"],
            "limits": {"zip_limit_bytes": 500_000_000},
        }
    ],
}

pytestmark = [
    pytest.mark.skipif(FOLDER is None, reason="ARENA_REAL_SUBMISSIONS names no folder"),
    pytest.mark.timeout(0),
]


@asynccontextmanager
async def practice(settings: PlatformSettings, logs: Path) -> AsyncIterator[Client]:
    """The organizer's client of a platform with the competition above."""
    async with running_services(settings.with_runner("runner-real-submissions"), logs) as services:
        organizer = Client(services.url, ORGANIZER)
        document = json.loads((EXAMPLES / "baselines" / "baseline-16-8.json").read_text())
        organizer.post("/api/v1/admin/baselines", {"name": "official", "source": "file", "document": document})
        organizer.put("/api/v1/admin/competitions/real", COMPETITION)
        yield organizer


def find_submissions(folder: Path) -> list[Path]:
    """Return the folders and zips in a folder."""
    return [path for path in sorted(folder.iterdir()) if path.is_dir() or path.suffix == ".zip"]


def make_zip(path: Path, folder: Path) -> Path:
    """Return the zip of what lies at a path. Raises Failure where it cannot be packed."""
    if path.is_file():
        return path
    zip_path = folder / f"{path.name}.zip"
    stated = dict(each.split("=", 1) for each in STATED.split(",") if each)
    own = None if (path / "arena.toml").exists() else "classic"
    pack_folder(path, zip_path, environment=stated.get(path.name, own))
    return zip_path


def submit(organizer: Client, zip_path: Path) -> str:
    """Send a zip for a team of its own; returns the submission's id."""
    team = organizer.post("/api/v1/admin/competitions/real/teams", {"name": zip_path.stem}).json
    client = Client(organizer.url, team["token"])
    submitted: str = client.submit("real", "practice", zip_path.name, zip_path).json["id"]
    return submitted


async def test_real_submissions_are_scored(
    settings: PlatformSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert FOLDER is not None
    paths = find_submissions(Path(FOLDER))
    rows: dict[str, list[str]] = {}
    async with practice(settings, tmp_path) as organizer:
        submitted: dict[str, str] = {}
        for path in paths:
            try:
                submitted[path.name] = submit(organizer, make_zip(path, tmp_path))
            except (Failure, OSError, ValueError) as failure:
                rows[path.name] = ["-", "not submitted", "-", "-", "-", str(failure)]

        async def all_ended() -> bool:
            views = [organizer.get(f"/api/v1/submissions/{each}").json for each in submitted.values()]
            going_on = {view["id"] for view in views if not view["ended_at"]}
            return going_on <= {each["submission_id"] for each in incidents(organizer)}

        limit_s = STUDY_LIMIT_S * len(PUBLIC_BOXES) * max(1, len(submitted))
        await wait_until(all_ended, limit_s=limit_s, what="all submissions have ended")
        failed = {each["submission_id"]: each["detail"] or "no detail" for each in incidents(organizer)}
        for name, identity in submitted.items():
            rows[name] = tell(organizer.get(f"/api/v1/submissions/{identity}").json, failed.get(identity))
    table = TextTable(list(map(Heading, HEADINGS)), [[name, *rows[name]] for name in sorted(rows)])
    with capsys.disabled():
        sys.stdout.write("\n".join(["", *tab_separated(table), ""]))
    assert len(rows) == len(paths) > 0
    assert {name: row[1] for name, row in rows.items() if row[1] != "scored"} == {}


def incidents(organizer: Client) -> list[dict[str, Any]]:
    """Return the shards that the platform failed, after which a submission does not end by itself."""
    found: list[dict[str, Any]] = organizer.get_all("/api/v1/admin/incidents", "incidents").json["incidents"]
    return found


def tell(view: dict[str, Any], incident: str | None) -> list[str]:
    """Return a row of the table: what became of a submission, or what the platform failed at."""
    if incident is not None:
        return [view["environment"], "incident", "-", "-", "-", incident]
    score = "-" if view["score"] is None else f"{view['score']:.3f}"
    lines = (view["verdict_detail"] or "").strip().splitlines() or [""]
    errors = [str(view["suggest_errors"]), str(view["observe_errors"])]
    return [view["environment"], view["verdict"], score, *errors, f"{view['verdict_stage'] or ''} {lines[-1]}".strip()]
