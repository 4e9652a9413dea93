"""Organizer runs, as the organizer's commands ask for them."""

import json
from typing import Any

import httpx

from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip

ORGANIZER_RUN = {"purpose": "estimate", "boxes": ["box-01"], "n_calls": 3, "n_suggestions": 2, "studies": 4}
PATH = "/api/v1/admin/competitions/c/organizer-runs"


async def start(gateway: Gateway, content: bytes | None = None, **changes: Any) -> httpx.Response:
    return await gateway.organizer.post(
        PATH,
        files={"file": ("random.zip", content or make_zip(), "application/zip")},
        data={"organizer_run": json.dumps(ORGANIZER_RUN | changes)},
    )
