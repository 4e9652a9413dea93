"""The platform as benchmarks use it: only through its HTTP API."""

import asyncio
import io
import json
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect

ROOT = Path(__file__).parents[2]
RANDOM_SEARCH = ROOT / "examples" / "random_search"
BASELINE = ROOT / "examples" / "baselines" / "baseline-16-8.json"
WAIT_LIMIT_S = 3600.0
READY_LIMIT_S, READY_GAP_S = 180.0, 0.2


class Platform:
    """A client with the organizer's token; each benchmark creates its own competition."""

    def __init__(self, url: str, organizer_token: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=30, headers={"Authorization": f"Bearer {organizer_token}"})

    async def create_competition(
        self, boxes: list[tuple[str, str, str]], *, studies_per_box: int, studies_per_shard: int = 1
    ) -> tuple[str, str]:
        """Create a competition of (model, dataset, metric) boxes with one phase; returns slug and a team's token."""
        name = "bench"
        known = (await self._get("/api/v1/admin/baselines"))["baselines"]
        if not any(each["name"] == name for each in known):
            body = {"name": name, "source": "benchmark", "document": json.loads(BASELINE.read_text())}
            (await self.http.post("/api/v1/admin/baselines", json=body)).raise_for_status()
        slug = f"bench-{uuid.uuid4().hex[:8]}"
        labels = [f"box-{number:02}" for number in range(1, len(boxes) + 1)]
        competition = {
            "name": slug,
            "seed": slug,
            "black_boxes": [
                {"label": label, "model": model, "dataset": dataset, "metric": metric}
                for label, (model, dataset, metric) in zip(labels, boxes, strict=True)
            ],
            "phases": [
                {
                    "name": "bench",
                    "visibility": "public",
                    "baseline": name,
                    "boxes": labels,
                    "studies_per_box": studies_per_box,
                    "studies_per_shard": studies_per_shard,
                }
            ],
        }
        (await self.http.put(f"/api/v1/admin/competitions/{slug}", json=competition)).raise_for_status()
        answer = await self.http.post(f"/api/v1/admin/competitions/{slug}/teams", json={"name": "bench"})
        answer.raise_for_status()
        return slug, answer.json()["token"]

    async def wait_warm(self, slots: int) -> None:
        """Wait until a runner has tried out its sandbox, opened its slots, and takes work."""
        async with asyncio.timeout(READY_LIMIT_S):
            while True:
                runners = (await self._get("/api/v1/admin/runners"))["runners"]
                if any(each["ready"] and each["slots"] >= slots for each in runners):
                    return
                await asyncio.sleep(READY_GAP_S)

    async def submit(self, slug: str, token: str, content: bytes) -> str:
        """Submit a zip; returns the submission's id."""
        answer = await self.http.post(
            f"/api/v1/competitions/{slug}/submissions",
            files={"file": ("optimizer.zip", content, "application/zip")},
            data={"phase": "bench"},
            headers={"Authorization": f"Bearer {token}"},
        )
        answer.raise_for_status()
        identity: str = answer.json()["id"]
        return identity

    async def wait_scored(self, submission: str) -> dict[str, Any]:
        """Follow a submission's live feed and return it once it is scored. Raises RuntimeError if it ends otherwise."""
        url = f"ws{str(self.http.base_url).removeprefix('http').rstrip('/')}/api/v1/submissions/{submission}/live"
        state: dict[str, Any] = {}
        headers = {"Authorization": self.http.headers["Authorization"]}
        async with asyncio.timeout(WAIT_LIMIT_S), connect(url, additional_headers=headers, max_size=None) as feed:
            async for message in feed:
                state = json.loads(message)["submission"]
        if state["state"] != "scored":
            raise RuntimeError(f"expected a scored submission, got {state}")
        return state

    async def logs(self, submission: str) -> list[str]:
        """Return what the optimizer wrote in each study of a submission."""
        return [each["log"] for each in (await self._get(f"/api/v1/submissions/{submission}/logs"))["logs"]]

    async def _get(self, path: str) -> dict[str, Any]:
        answer = await self.http.get(path)
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    async def timed_submission(self, slug: str, token: str, content: bytes) -> float:
        """Submit and wait until scored; returns the seconds it took."""
        start = time.perf_counter()
        await self.wait_scored(await self.submit(slug, token, content))
        return time.perf_counter() - start


def pack(folder: Path) -> bytes:
    """Return a folder's files as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.py")):
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()
