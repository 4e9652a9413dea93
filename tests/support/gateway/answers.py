"""What the gateway answers, and what it sends on a live feed."""

import json
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection

from arena.words.problems import ProblemCode
from tests.support.waiting import limited


async def receive(feed: ClientConnection) -> dict[str, Any]:
    async with limited():
        message: dict[str, Any] = json.loads(await feed.recv())
        return message


def assert_problem(answer: httpx.Response, status: int, detail: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body.keys() >= {"type", "title", "status", "code", "detail"}
    assert ProblemCode(body["code"]).status == status
    assert detail in body["detail"]
