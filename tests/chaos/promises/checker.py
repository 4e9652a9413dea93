"""What the platform promised, compared with what it told its clients and with its tables."""

from collections import Counter
from typing import Any

from arena.words.problems import ProblemCode
from shared.database import PoolOrConnection
from tests.chaos.history import History
from tests.chaos.load import ACTIVE_LIMIT, BAD, BOXES, GOOD, REFERENCE_TEAM, STUDIES_PER_BOX

STUDIES = len(BOXES) * STUDIES_PER_BOX
ALLOWED_REFUSALS = {ProblemCode.TOO_MANY_ACTIVE, ProblemCode.SUBMISSION_ENDED}
SUBMISSIONS = """
select s.id::text, s.state, s.verdict, s.score, s.studies_done, s.created_at, s.ended_at, t.name as team
from submissions s join teams t on t.id = s.team_id
"""
STUDY_ROWS = """
select st.submission_id::text, b.label, st.study, st.visible, st.generalization
from studies st join black_boxes b on b.id = st.box_id
"""
# By the order of events: times are no order where a fault has set the database's clock.
MOST_ACTIVE = """
with events as (
    select e.id, e.submission_id, e.event, s.team_id
    from submission_events e join submissions s on s.id = e.submission_id
)
select t.name, max(n) as n from (
    select a.team_id, (
        select count(*) from events b
        where b.team_id = a.team_id and b.event = 'accepted' and b.id <= a.id and not exists (
            select from events c
            where c.submission_id = b.submission_id and c.event in ('scored', 'failed', 'cancelled')
                and c.id between b.id and a.id
        )
    ) as n
    from events a where a.event = 'accepted'
) counted join teams t on t.id = counted.team_id group by t.name
"""
UNEXPLAINED_INCIDENTS = """
select e.submission_id::text, e.detail->>'shard_id' as shard_id
from submission_events e
where e.event = 'incident' and 3 > (
    select count(*) from executions x
    where x.shard_id = (e.detail->>'shard_id')::uuid and x.outcome in ('infrastructure_failure', 'lease_expired')
)
"""
WRONG_ATTEMPTS = """
select sh.id::text from shards sh where sh.attempt < (select count(*) from executions x where x.shard_id = sh.id)
"""


def check_history(history: History) -> list[str]:
    """Return what clients were told that they may never be told."""
    refused = [event for event in history.of("refused") if event["code"] not in ALLOWED_REFUSALS]
    findings = [f"a client was refused: {event}" for event in refused]
    findings += [f"a watcher was refused: {event}" for event in history.of("feed refused")]
    findings += [f"something did not come back: {event}" for event in history.of("stuck")]
    times = Counter(event["submission"] for event in history.of("accepted"))
    findings += [f"two requests were answered with one submission: {each}" for each, n in times.items() if n > 1]
    return findings


async def check_tables(pool: PoolOrConnection, history: History) -> list[str]:
    """Return where the tables differ from what clients were told, and from the run without faults."""
    rows = {row["id"]: row for row in await pool.fetch(SUBMISSIONS)}
    kinds = {event["submission"]: event["kind"] for event in history.of("accepted")}
    findings = [f"submission {each} was accepted and is gone" for each in kinds.keys() - rows.keys()]
    findings += [f"submission {each} is there, and nobody was told so" for each in rows.keys() - kinds.keys()]
    cancelled = {event["submission"] for event in history.of("cancelled")}
    known = {each: row for each, row in rows.items() if each in kinds}
    for each, row in known.items():
        findings += _check_end(row, kinds[each], is_cancelled=each in cancelled)
    findings += await _check_studies(pool, known, kinds)
    for name, n in await pool.fetch(MOST_ACTIVE):
        if n > ACTIVE_LIMIT:
            findings.append(f"team {name} had {n} active submissions; its quota allows {ACTIVE_LIMIT}")
    findings += [f"an incident without three failures: {dict(row)}" for row in await pool.fetch(UNEXPLAINED_INCIDENTS)]
    findings += [f"shard {each} has more executions than attempts" for (each,) in await pool.fetch(WRONG_ATTEMPTS)]
    return findings


def _check_end(row: Any, kind: str, *, is_cancelled: bool) -> list[str]:
    expected = "cancelled" if is_cancelled else BAD.get(kind, "scored")
    found = row["verdict"] or row["state"]
    if found == expected and (expected != "scored" or row["studies_done"] == STUDIES):
        return []
    ended = f"it is {row['state']} with verdict {row['verdict']} and {row['studies_done']} of {STUDIES} studies"
    return [f"submission {row['id']} ({kind}) should have ended as {expected}; {ended}"]


async def _check_studies(pool: PoolOrConnection, known: dict[str, Any], kinds: dict[str, str]) -> list[str]:
    """Compare each study and score with those of the same optimizer without faults, bit for bit."""
    undisturbed = {kinds[each]: row for each, row in known.items() if row["team"] == REFERENCE_TEAM}
    studies: dict[str, dict[tuple[str, int], Any]] = {each: {} for each in known}
    for row in await pool.fetch(STUDY_ROWS):
        studies[row["submission_id"]][row["label"], row["study"]] = row["visible"], row["generalization"]
    findings = []
    for each, row in known.items():
        if len(studies[each]) != row["studies_done"]:
            findings.append(f"submission {each} counts {row['studies_done']} studies and has {len(studies[each])}")
        if kinds[each] not in GOOD:
            continue
        twin = undisturbed[kinds[each]]
        expected = studies[twin["id"]]
        findings += [
            f"study {study} of {each} has other losses than without faults"
            for study, losses in studies[each].items()
            if losses != expected[study]
        ]
        if row["state"] == "scored" and row["score"] != twin["score"]:
            findings.append(f"submission {each} scores {row['score']}, without faults {twin['score']}")
    return findings
