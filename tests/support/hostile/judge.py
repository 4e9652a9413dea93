"""Runs a hostile optimizer beside an honest one on the whole platform, and checks what both did and left behind."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
from aiodocker import Docker

from arena.sandbox.engine.containers import Engine
from arena.sandbox.engine.prepared import CONFIGURATIONS_KEPT
from arena.sandbox.settings import SandboxSettings
from shared.database import Pool, connect_database
from tests.support.hostile.residue import find_residue, sandboxed_processes, without_containers
from tests.support.oracles.stock_in_image import StockInImage, stock_in_image
from tests.support.plain_http import TRUSTS_NOBODY
from tests.support.service_settings import ORGANIZER_TOKEN, PlatformSettings
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S, wait_until
from tests.support.zips import HONEST, pack

SLOTS = 2
SECRET = "xyzzy-secret"
BOXES = {f"{SECRET}-1": ("kNN", "iris", "acc"), f"{SECRET}-2": ("lasso", "diabetes", "mse")}
PHASE = {
    "baseline": "official",
    "studies_per_box": 1,
    "n_calls": 4,
    "n_suggestions": 4,
    "parameter_names": "hidden",
    "limits": {
        "study_timeout_s": 20,
        "iteration_timeout_s": 5,
        "memory_limit_bytes": 384 * 1024**2,
        "zip_limit_bytes": 20_000_000,
        "unpacked_limit_bytes": 64 * 1024**2,
        "tmp_limit_bytes": 16 * 1024**2,
        "pids_limit": 48,
    },
}
COMPETITION = {
    "name": SECRET,
    "seed": SECRET,
    "black_boxes": [
        {"label": label, "model": model, "dataset": dataset, "metric": metric}
        for label, (model, dataset, metric) in BOXES.items()
    ],
    "phases": [
        {**PHASE, "name": SECRET, "boxes": list(BOXES)},
        *({**PHASE, "name": label, "boxes": [label]} for label in BOXES),
    ],
}
"""The hostile ones run on both black boxes, the honest ones beside them on one of them by turns."""

Losses = list[Any]


class Judge:
    """A stack, and an honest submission with its results when it ran alone."""

    def __init__(
        self, pool: Pool, docker: Docker, http: httpx.AsyncClient, stock: StockInImage, runner_id: str, logs: Path
    ) -> None:
        self._pool = pool
        self._docker = docker
        self._http = http
        self._stock = stock
        self._runner_id = runner_id
        self._logs = logs
        self._read: dict[Path, int] = {}
        self._tokens: dict[str, str] = {}
        self._alone: dict[str, Losses] = {}
        self._turns = itertools.cycle(BOXES)
        self._before: dict[str, object] = {}

    async def set_up(self, organizer_token: str) -> None:
        """Make the competition and its teams, and score the honest submission alone."""
        admin = {"Authorization": f"Bearer {organizer_token}"}
        document = json.loads((ROOT / "examples/baselines/baseline-16-8.json").read_text())
        body = {"name": "official", "source": "file", "document": document}
        (await self._http.post("/api/v1/admin/baselines", json=body, headers=admin)).raise_for_status()
        path = f"/api/v1/admin/competitions/{SECRET}"
        (await self._http.put(path, json=COMPETITION, headers=admin)).raise_for_status()
        for team in ("hostile", "honest"):
            answer = await self._http.post(f"{path}/teams", json={"name": f"{SECRET}-{team}"}, headers=admin)
            self._tokens[team] = answer.raise_for_status().json()["token"]
        for box in BOXES:
            honest = await self._wait_for_end(await self._send_honest(box))
            assert honest["state"] == "scored", honest
            self._alone[box] = await self._losses(honest["id"])
        await self._wait_until_quiet()
        self._before = await self._residue()
        self.unexpected_logs(set())

    async def send(self, content: bytes) -> httpx.Response:
        """Upload the hostile team's zip."""
        return await self._upload("hostile", SECRET, content)

    async def beside_an_honest_one(self, submission_id: str) -> dict[str, Any]:
        """Wait for a submission's end, with an honest one beside it that must score as it does alone."""
        box = next(self._turns)
        honest, hostile = await asyncio.gather(
            self._wait_for_end(await self._send_honest(box)), self._wait_for_end(submission_id)
        )
        assert honest["state"] == "scored", honest
        assert await self._losses(honest["id"]) == self._alone[box], "the honest submission's losses, bit for bit"
        return hostile

    async def detail_of(self, submission_id: str) -> str:
        """Return what the organizer sees of a submission's end, for the message of a failing test."""
        row = await self._pool.fetchrow(
            "select verdict, verdict_detail, ("
            "select string_agg(log, '\n') from study_logs l where l.submission_id = s.id"
            ") as log from submissions s where id = $1",
            UUID(submission_id),
        )
        assert row is not None
        return f"{row['verdict']}: {row['verdict_detail'][-1500:]}\n{(row['log'] or '')[-1500:]}"

    async def logs_of(self, submission_id: str) -> list[str]:
        """Return what a submission wrote in each of its studies."""
        rows = await self._pool.fetch("select log from study_logs where submission_id = $1", UUID(submission_id))
        return [row["log"] for row in rows]

    async def forged_losses(self, submission_id: str) -> list[str]:
        """Return stored losses that differ from those that stock Bayesmark computes for the stored suggestions."""
        rows = await self._pool.fetch(
            "select b.model, b.dataset, b.metric, st.visible, st.generalization, st.suggestions "
            "from studies st join black_boxes b on b.id = st.box_id where submission_id = $1",
            UUID(submission_id),
        )
        return [fault for row in rows for fault in await self._find_forged(dict(row))]

    async def _find_forged(self, row: dict[str, Any]) -> list[str]:
        box = (row["model"], row["dataset"], row["metric"])
        stock = await self._stock.evaluate(box, row["suggestions"])
        stored = np.stack([row["visible"], row["generalization"]], axis=-1)
        computed = np.stack([stock.visible, stock.generalization], axis=-1)
        stands = np.isposinf(stored) | (stored == computed)  # infinite: cut off before anything was found
        return [] if stands.all() else [f"stored {stored.tolist()}, computed {computed.tolist()}"]

    async def leftovers(self) -> dict[str, object]:
        """Return what is left on the machine that was not there before, once the runner is idle."""
        await self._wait_until_quiet()
        after = await self._residue()
        return {what: found for what, found in after.items() if found != self._before[what]}

    def unexpected_logs(self, expected: set[str]) -> list[str]:
        """Return warnings and errors logged since the last call, except for expected events."""
        found = []
        for path in sorted(self._logs.glob("*.log")):
            with path.open() as file:
                file.seek(self._read.get(path, 0))
                for line in file:
                    entry = json.loads(line) if line.startswith("{") else {"level": "error", "event": line}
                    if entry["level"] not in {"debug", "info"} and entry["event"] not in expected:
                        found.append(f"{path.name}: {line.strip()[:1000]}")
                self._read[path] = file.tell()
        return found

    async def _send_honest(self, box: str) -> str:
        answer = await self._upload("honest", box, pack(HONEST))
        identity: str = answer.raise_for_status().json()["id"]
        return identity

    async def _upload(self, team: str, phase: str, content: bytes) -> httpx.Response:
        return await self._http.post(
            f"/api/v1/competitions/{SECRET}/submissions",
            files={"file": ("optimizer.zip", content, "application/zip")},
            data={"phase": phase},
            headers={"Authorization": f"Bearer {self._tokens[team]}"},
        )

    async def _wait_for_end(self, submission_id: str) -> dict[str, Any]:
        async def ended() -> bool:
            query = "select ended_at is not null from submissions where id = $1"
            return bool(await self._pool.fetchval(query, UUID(submission_id)))

        await wait_until(ended, what=f"submission {submission_id} has ended")
        for token in self._tokens.values():
            answer = await self._http.get(
                f"/api/v1/submissions/{submission_id}", headers={"Authorization": f"Bearer {token}"}
            )
            if answer.status_code == 200:
                body: dict[str, Any] = answer.json()
                return body
        raise AssertionError(f"no team sees submission {submission_id}")

    async def _losses(self, submission_id: str) -> Losses:
        query = (
            "select visible, generalization, suggestions from studies where submission_id = $1 order by box_id, study"
        )
        return [tuple(row) for row in await self._pool.fetch(query, UUID(submission_id))]

    async def _wait_until_quiet(self) -> None:
        """Wait until the runner is idle: only warm black-box containers and prepared sandboxes are left."""

        async def quiet() -> bool:
            label = json.dumps({"label": [f"arena.runner={self._runner_id}"]})
            found = await self._docker.containers.list(all="true", filters=label)
            found = [container for container in found if container["Labels"]["arena.role"] != "cpu"]
            blackboxes = [container for container in found if container["Labels"]["arena.role"] == "blackbox"]
            names = [container["Names"][0] for container in found if container not in blackboxes]
            prepared = [name for name in names if name.startswith("/arena-optimizer-") and name.count("-") == 2]
            running = all(container["State"] == "running" for container in found)
            processes = [each for each in sandboxed_processes() if each in {container.id for container in found}]
            one_each = len(blackboxes) == SLOTS and len(processes) == len(found) and prepared == names
            return one_each and SLOTS <= len(prepared) <= SLOTS * CONFIGURATIONS_KEPT and running

        await wait_until(quiet, what="only the runner's own containers are left")

    async def _residue(self) -> dict[str, object]:
        """Return everything that a submission could leave on this machine."""
        volumes = await self._docker.volumes.list()  # type: ignore[no-untyped-call]  # the library's gap
        networks = await self._docker.networks.list()
        root = Path((await self._docker.system.info())["DockerRootDir"])
        containers = await self._containers()
        found = await asyncio.to_thread(find_residue, root)
        containers |= await self._containers()  # those of other tests come and go meanwhile
        return {
            "volumes": sorted(each["Name"] for each in volumes["Volumes"] or []),
            "networks": sorted(each["Name"] for each in networks),
            **without_containers(found, containers),
        }

    async def _containers(self) -> set[str]:
        return {container.id for container in await self._docker.containers.list(all="true")}


@asynccontextmanager
async def judge(settings: PlatformSettings, url: str, logs: Path) -> AsyncIterator[Judge]:
    """Yield a judge for the stack at `url`."""
    pool = await connect_database(settings.database_url)
    runner_id = settings.runner.runner_id
    # Its container carries another label, because the runner removes its own that it does not know.
    own = SandboxSettings(f"{runner_id}-judge", engine_url=settings.runner.engine_url)
    async with (
        pool,
        Docker(url=settings.runner.engine_url) as docker,
        httpx.AsyncClient(base_url=url, timeout=LIMIT_S, verify=TRUSTS_NOBODY) as http,
        stock_in_image(Engine(docker, own), own) as stock,
    ):
        one = Judge(pool, docker, http, stock, runner_id, logs)
        await one.set_up(ORGANIZER_TOKEN)
        yield one
