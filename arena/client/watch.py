"""Watching submissions until they end: live, and again from where it was after a lost connection."""

import json
import queue
import threading
import time
from collections.abc import Sequence
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from arena.client.http import Client, Failure
from arena.terminal import console, remaining_text, score_text
from arena.words.text import clean_line

NAME_CHARS = 80
RECONNECT_S = 1.0
AWAY_LIMIT_S = 300.0
IDLE_LIMIT_S = 3600.0

Body = dict[str, Any]


def watch(client: Client, submissions: Sequence[str], *, quiet: bool = False) -> list[Body]:
    """Show a progress bar for each submission until all have ended; returns them as they ended."""
    news: queue.Queue[Body | Failure] = queue.Queue()
    for submission in submissions:
        threading.Thread(target=_follow, args=(client, submission, news), daemon=True).start()
    ended: dict[str, Body] = {}
    columns = (
        TextColumn("{task.description:24}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[score]:>18}"),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console, disable=quiet) as progress:
        bars: dict[str, Any] = {}
        while len(ended) < len(set(submissions)):
            try:
                state = news.get(timeout=IDLE_LIMIT_S)
            except queue.Empty:
                raise Failure(f"Nothing happened for {IDLE_LIMIT_S:g} s; ask again with 'arena status'.") from None
            if isinstance(state, Failure):
                raise state
            if state["id"] not in bars:
                name = clean_line(f"{state['team']}: {state['filename'].removesuffix('.zip')}", NAME_CHARS)
                bars[state["id"]] = progress.add_task(name, total=state["studies_total"], score="", state="", left="")
            progress.update(
                bars[state["id"]],
                completed=state["studies_done"],
                score=score_text(state),
                left=_left(state),
                state=state["state"] if state["verdict"] in {None, "scored"} else state["verdict"],
            )
            if state["ended_at"] is not None:
                progress.stop_task(bars[state["id"]])
                ended[state["id"]] = state
    return [ended[submission] for submission in submissions]


def _left(state: Body) -> str:
    place = f"place {state['queue_position']}" if state["queue_position"] else ""
    remaining = remaining_text(state)
    return ", ".join(filter(None, (place, remaining and f"{remaining} left")))


def _follow(client: Client, submission: str, news: "queue.Queue[Body | Failure]") -> None:
    """Put every state of one submission into `news`, up to its last."""
    seen: int | None = None
    away_since: float | None = None
    while True:
        try:
            since = "" if seen is None else f"?since={seen}"
            with client.feed(f"/api/v1/submissions/{submission}/live{since}") as feed:
                away_since = None
                for text in feed:
                    message = json.loads(text)
                    seen = message["change"]
                    news.put(message["submission"])
                    if message["submission"]["ended_at"] is not None:
                        return
        except InvalidStatus as error:
            if error.response.status_code < 500:
                news.put(refused(error))
                return
        except (ConnectionClosed, WebSocketException, OSError):
            pass  # the platform restarts; its feed goes on from `seen`
        away_since = away_since or time.monotonic()
        if time.monotonic() - away_since > AWAY_LIMIT_S:
            news.put(Failure(f"No live feed from {client.url} for {AWAY_LIMIT_S:g} s."))
            return
        time.sleep(RECONNECT_S)


def refused(error: InvalidStatus) -> Failure:
    """Return why a live feed was refused."""
    try:
        problem = json.loads(error.response.body or b"")
        return Failure(f"{problem['title']}: {problem['detail']}", problem)
    except (ValueError, KeyError):
        return Failure(f"The live feed was refused with status {error.response.status_code}.")
