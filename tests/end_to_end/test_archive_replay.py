"""An archive whose studies are run again: of several families, with hidden names, and one whose losses were altered."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from arena.archive.families import LOCK
from arena.client.http import Client
from arena.images.docker import docker
from arena.pack.optimizer_zip import read_zip
from shared.database import Pool
from tests.support.archives import write_hashes
from tests.support.command_line import Arena
from tests.support.end_to_end.competition import EXAMPLES, ORGANIZER
from tests.support.toml_text import toml_text
from tests.support.waiting import SCORING_LIMIT_S, wait_until

SLUG = "remembered"
GRIDS: list[dict[str, Any]] = [
    {"models": ["DT"], "datasets": ["iris"], "metrics": ["acc"]},
    {"family": "bbob", "functions": [1], "dimensions": [2], "instances": [3]},
    {"family": "tea", "problems": ["coffee-village"]},
]


def write_file(folder: Path, **more: Any) -> Path:
    file = folder / "competition.toml"
    head = {"slug": SLUG, "name": "Remembered", "seed": "remembered", "grids": GRIDS}
    file.write_text(toml_text(head | {"families": [{"name": "tea", "folder": "tea"}]} | more))
    return file


@pytest.fixture
async def archive(platform: str, platform_pool: Pool, tmp_path: Path) -> Path:
    """The archive of a competition that mixes families, with one team, which agreed that its zip is published."""
    organizer, arena = Client(platform, ORGANIZER), Arena(platform, tmp_path)
    await arena.json("problem", "new", "tea")
    await arena.json("competition", "apply", write_file(tmp_path))
    build = ("baseline", "build", "--competition", SLUG, "--name", SLUG, "--random-studies", "2", "--n-calls", "4")
    await arena.json(*build, "--strong-studies", "1", "--strong-calls", "4")
    boxes = [
        box["label"] for box in organizer.get(f"/api/v1/admin/competitions/{SLUG}/black-boxes").json["black_boxes"]
    ]
    phase = {"name": "feedback", "baseline": SLUG, "boxes": boxes, "studies_per_box": 1, "n_calls": 4}
    await arena.json("competition", "apply", write_file(tmp_path, phases=[phase | {"parameter_names": "hidden"}]))
    token = organizer.post(f"/api/v1/admin/competitions/{SLUG}/teams", {"name": "dice"}).json["token"]
    zip_ = read_zip(EXAMPLES / "random_search")
    submission = Client(platform, token).submit(SLUG, None, *zip_, publish_zip=True).json["id"]
    scored = "select state = 'scored' from submissions where id = $1"
    await wait_until(lambda: platform_pool.fetchval(scored, submission), limit_s=SCORING_LIMIT_S, what="scored")
    closed = "update phases set closes_at = now() - interval '1 minute' where competition_id = $1"
    competition = await platform_pool.fetchval("select id from competitions where slug = $1", SLUG)
    await platform_pool.execute(closed, competition)
    await arena.json("archive", SLUG, "archive")
    return tmp_path / "archive"


def list_files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_an_archived_study_of_each_family_gives_the_same_losses_again_until_one_is_altered(
    platform: str, archive: Path
) -> None:
    nowhere = Arena("http://nowhere.invalid", archive.parent)
    docker("image", "rm", "--force", "arena-family-tea:local")
    code, _, errors = await Arena(platform, archive.parent).run("archive", SLUG, "another")
    assert code == 1
    assert "Expected the image arena-family-tea:local on this machine's engine" in errors
    assert list_files(archive / "families/tea") == [
        "folder/README.md",
        "folder/problem.py",
        "folder/requirements.txt",
        LOCK,
    ]

    found = await nowhere.json("archive", "verify", "archive", "--sample", "3")
    assert (found["scores"], found["replayed"], found["faults"], found["right"]) == (1, 3, [], True)

    assert docker("image", "ls", "--quiet", "arena-family-archived-*") == ""

    (submission,) = json.loads((archive / "results/feedback/submissions.json").read_text())
    path = f"results/feedback/{submission['id']}.ndjson.gz"
    header, *studies = gzip.decompress((archive / path).read_bytes()).decode().splitlines()
    altered = json.loads(studies[0])
    altered["visible"][1][0] = 1e9
    lines = [header, json.dumps(altered), *studies[1:]]
    (archive / path).write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    write_hashes(archive, path)

    found = await nowhere.json("archive", "verify", "archive", "--no-replay")
    assert found["right"], "no score depends on a loss that is not the best"
    code, found = await nowhere.json_and_code("archive", "verify", "archive", "--sample", "3")
    assert (code, found["right"], found["replayed"]) == (1, False, 3)
    (fault,) = found["faults"]
    assert f"study 0 on {altered['box']} of submission {submission['id']} of dice" in fault
    assert f"score {submission['score']}: its replay gave other losses" in fault
    assert "the visible losses of iteration 2" in fault
