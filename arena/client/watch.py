"""Watching submissions until they end: live, and after a lost connection from where it stopped."""

import json
import queue
import threading
import time
from collections.abc import Sequence

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from arena.api.submissions import Submission
from arena.client.answer import PlatformAnswer
from arena.client.feed import explain_refusal, open_feed
from arena.client.http import Client
from arena.failure import Failure
from arena.progress import Step, show_progress
from arena.terminal import console_for_people, remaining_text, score_text
from arena.words.text import clean_line
from arena.words.verdicts import Verdict

NAME_CHARS = 80
RECONNECT_S = 1.0
UNAVAILABLE_LIMIT_S = 300.0
IDLE_LIMIT_S = 3600.0

News = queue.Queue[tuple[str, PlatformAnswer | Failure]]
"""Each with the id as it was asked for, which may be written in another way than the platform writes it."""


def watch(client: Client, submissions: Sequence[str], *, quiet: bool = False) -> list[PlatformAnswer]:
    """Show how far each submission is until all have ended; returns them as they ended."""
    news: News = queue.Queue()
    for each in submissions:
        threading.Thread(target=_follow, args=(client, each, news), daemon=True).start()
    ended: dict[str, PlatformAnswer] = {}
    with show_progress(console_for_people(), quiet=quiet) as show:
        while len(ended) < len(set(submissions)):
            try:
                asked_for, answer = news.get(timeout=IDLE_LIMIT_S)
            except queue.Empty:
                raise Failure(f"Nothing happened for {IDLE_LIMIT_S:g} s; ask again with 'arena status'.") from None
            if isinstance(answer, Failure):
                raise answer
            submission = answer.parse(Submission)
            show(step_of(submission))
            if submission.ended_at is not None:
                ended[asked_for] = answer
    return [ended[each] for each in submissions]


def step_of(submission: Submission) -> Step:
    """Return how far a submission is."""
    name = f"{submission.team}: {submission.filename.removesuffix('.zip')}"
    place = f"place {submission.queue_position}" if submission.queue_position else ""
    remaining = remaining_text(submission.remaining_s)
    return Step(
        key=str(submission.id),
        name=clean_line(name, NAME_CHARS),
        done=submission.studies_done,
        total=submission.studies_total,
        state=submission.state if submission.verdict in {None, Verdict.SCORED} else str(submission.verdict),
        score="" if submission.score is None else score_text(submission.score, submission.interval),
        left=", ".join(filter(None, (place, remaining and f"{remaining} left"))),
        ended=submission.ended_at is not None,
    )


def _follow(client: Client, submission: str, news: News) -> None:
    """Put every state of one submission into `news`, up to its last."""
    seen: int | None = None
    unavailable_since: float | None = None
    while True:
        try:
            since = "" if seen is None else f"?since={seen}"
            with open_feed(client, f"/api/v1/submissions/{submission}/live{since}") as feed:
                unavailable_since = None
                for text in feed:
                    message = json.loads(text)
                    seen = message["change"]
                    news.put((submission, PlatformAnswer(message["submission"])))
                    if message["submission"]["ended_at"] is not None:
                        return
        except InvalidStatus as error:
            if error.response.status_code < 500:
                news.put((submission, explain_refusal(error)))
                return
        except (ConnectionClosed, WebSocketException, OSError):
            pass  # the platform restarts; its feed goes on from `seen`
        unavailable_since = unavailable_since or time.monotonic()
        if time.monotonic() - unavailable_since > UNAVAILABLE_LIMIT_S:
            news.put((submission, Failure(f"No live feed from {client.url} for {UNAVAILABLE_LIMIT_S:g} s.")))
            return
        time.sleep(RECONNECT_S)
