"""What watchers must have seen: every number, in order, and without holes."""

from collections import defaultdict
from typing import Any

from tests.chaos.history import History

ENDED = {"scored", "failed", "cancelled"}
RANKS = {"queued": 0, "running": 1, "scored": 2, "failed": 2, "cancelled": 2}


def check_feeds(history: History) -> list[str]:
    """Return what is wrong with the messages that each watcher got."""
    feeds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in history.of("message"):
        feeds[event["watcher"]].append(event)
    findings = []
    for watcher, events in feeds.items():
        findings += _check_order(watcher, events)
        if not watcher.startswith("leaderboard"):
            findings += _check_submission(watcher, [event["message"] for event in events])
    submissions = {event["submission"] for event in history.of("accepted")}
    findings += [f"the feed of submission {each} never said anything" for each in submissions - feeds.keys()]
    return findings


def _check_order(watcher: str, events: list[dict[str, Any]]) -> list[str]:
    findings, last = [], -1
    for event in events:
        change, kind = event["message"]["change"], event["message"]["type"]
        if change < last:
            findings.append(f"{watcher}: number {change} came after {last}")
        if kind == "snapshot" and event["since"] is not None and not watcher.startswith("leaderboard"):
            findings.append(f"{watcher}: asked for what came after {event['since']} and got a snapshot")
        if kind == "changes" and event["since"] is None:
            findings.append(f"{watcher}: got changes before any snapshot")
        last = change
    return findings


def _check_submission(submission: str, messages: list[dict[str, Any]]) -> list[str]:
    """A state is never taken back, every study comes, and none comes with another score."""
    findings: list[str] = []
    studies: dict[tuple[str, int], Any] = {}
    state, score = "queued", None
    for message in messages:
        shown = message["submission"]
        if RANKS[shown["state"]] < RANKS[state] or (state in ENDED and shown["state"] != state):
            findings.append(f"{submission}: was {state} and then {shown['state']}")
        if state == "scored" and shown["score"] != score:
            findings.append(f"{submission}: was scored {score} and then {shown['score']}")
        state, score = shown["state"], shown["score"]
        for study in message["studies"]:
            known = studies.setdefault((study["box"], study["study"]), study)
            if known != study:
                findings.append(f"{submission}: study {known} came again as {study}")
    last = messages[-1]["submission"]
    if last["state"] not in ENDED:
        findings.append(f"{submission}: the feed never said how it ended; it said {last['state']}")
    if len(studies) != last["studies_done"]:
        findings.append(f"{submission}: the feed said {last['studies_done']} studies and sent {len(studies)}")
    return findings
