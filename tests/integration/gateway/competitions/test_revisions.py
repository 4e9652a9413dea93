"""Plans and revisions of a competition."""

from arena.api.competition_document import Competition
from arena.version import code_version
from services.gateway.competitions.diff import FIXED
from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import BOXES, competition, phase
from tests.support.gateway.organizer_runs import start
from tests.support.gateway.revisions import plan, revisions
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit


async def test_a_plan_says_what_would_change_and_changes_nothing(gateway: Gateway) -> None:
    first = (await plan(gateway, competition())).json()
    assert [f"{each['sign']} {each['what']}" for each in first["changes"]] == [
        "+ name",
        "+ seed",
        "+ black box box-01",
        "+ black box box-02",
        "+ phase feedback",
    ]
    assert first["revision"] is None
    assert (await gateway.anyone.get("/api/v1/competitions/c")).status_code == 404

    await gateway.apply(competition())
    second = (await plan(gateway, competition(phase(attempts_per_day=3, counting="chosen"), phase("final")))).json()

    assert [(each["sign"], each["what"], each["before"]) for each in second["changes"]] == [
        ("~", "phase feedback: attempts_per_day", None),
        ("~", "phase feedback: counting", "best"),
        ("+", "phase final", None),
    ]
    assert (await plan(gateway, competition())).json()["changes"] == []


async def test_a_plan_lists_every_refusal_with_its_place(gateway: Gateway) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    worse = competition(phase(studies_per_box=9, n_calls=8, boxes=["box-01"]), seed="other")

    refusals = (await plan(gateway, worse)).json()["refusals"]

    changed = [f"phases.0.{key}" for key in FIXED if key in {"studies_per_box", "n_calls"}]
    assert [each["where"] for each in refusals] == ["seed", *changed, "phases.0.boxes"]
    refused = await gateway.apply(worse)
    assert_problem(refused, 409)
    assert refused.json()["errors"] == refusals


async def test_a_phase_with_submissions_keeps_whether_its_names_are_hidden(gateway: Gateway) -> None:
    await gateway.apply(competition(phase(parameter_names="hidden")))
    (await submit(await gateway.team("a"))).raise_for_status()

    (refusal,) = (await plan(gateway, competition(phase()))).json()["refusals"]

    assert refusal["where"] == "phases.0.parameter_names"


async def test_a_revision_is_made_by_a_change_alone_and_names_what_it_came_from(gateway: Gateway) -> None:
    assert (await gateway.apply(competition())).json()["revision"] == 1
    assert (await gateway.apply(competition())).json()["revision"] == 1
    assert (await gateway.apply(competition(phase(scored_per_day=2)))).json()["revision"] == 2

    second, first = await revisions(gateway)

    assert (first["revision"], second["revision"]) == (1, 2)
    assert first["code_version"] == code_version()
    assert first["document"]["phases"][0]["baseline"] == "official@1"
    assert Competition.model_validate(second["document"]).phases[0].scored_per_day == 2


async def test_a_submission_keeps_the_revision_under_which_it_was_accepted(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    await submit(team)
    await gateway.apply(competition(phase(scored_per_day=9)))
    await submit(team)
    rows = await pool.fetch("select revision from submissions order by created_at")
    assert [row["revision"] for row in rows] == [1, 2]


async def test_a_newer_baseline_changes_an_unused_phase_and_no_used_one(gateway: Gateway) -> None:
    await gateway.apply(competition(phase(), phase("final")))
    (await submit(await gateway.team("a"), phase="feedback")).raise_for_status()
    await gateway.import_official_baseline()

    answer = (await gateway.apply(competition(phase(), phase("final")))).json()

    assert [(each["what"], each["after"]) for each in answer["changes"]] == [("phase final: baseline", "official@2")]


async def test_phases_keep_their_identity_and_what_the_document_does_not_say(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    await gateway.team("a")
    quota = {"phase": "feedback", "attempts_per_day": 7}
    (await gateway.organizer.put("/api/v1/admin/competitions/c/teams/a/quota", json=quota)).raise_for_status()
    identity = await pool.fetchval("update phases set frozen_at = now() returning id")
    changed = phase(studies_per_box=5, boxes=["box-02"], environments=["modern"], runtime="runsc", priority=2)
    (await gateway.apply(competition(changed))).raise_for_status()

    row = await pool.fetchrow(
        "select id, frozen_at is null, studies_per_box, environments, runtime, priority from phases"
    )

    assert row is not None
    assert tuple(row) == (identity, False, 5, ["modern"], "runsc", 2)
    assert await pool.fetchval("select attempts_per_day from team_quotas") == 7
    assert (await gateway.anyone.get("/api/v1/competitions/c")).json()["phases"][0]["boxes"] == ["box-02"]


async def test_a_box_with_organizer_runs_keeps_its_label_and_problem(gateway: Gateway) -> None:
    await gateway.apply(competition(phases=[]))
    (await start(gateway)).raise_for_status()
    for boxes, what in (
        ([{**BOXES[0], "model": "kNN"}, BOXES[1]], "Give the new black box a new label"),
        ([{**BOXES[0], "label": "box-09"}, BOXES[1]], "Keep the label 'box-01'"),
    ):
        assert_problem(await gateway.apply(competition(phases=[], black_boxes=boxes)), 409, what)

    without = competition(phases=[], black_boxes=[BOXES[1]])
    left = (await gateway.apply(without)).json()
    assert [(each["sign"], each["what"]) for each in left["changes"]] == [("-", "black box box-01")]
    assert (await plan(gateway, without)).json()["changes"] == []
    assert (await gateway.apply(competition())).json()["revision"] == 3


async def test_every_fault_of_a_document_comes_at_once(gateway: Gateway) -> None:
    own = {"label": "box-03", "model": "DT", "dataset": "clf-none", "metric": "acc"}
    bad = competition(phase(baseline="offical", boxes=["box-1"]), phase(n_calls=99), black_boxes=[BOXES[0], own])
    answer = await plan(gateway, bad)
    assert_problem(answer, 422)
    assert {each["where"] for each in answer.json()["errors"]} == {
        "black_boxes.1.dataset",
        "phases.0.baseline",
        "phases.0.boxes.0",
        "phases.1.name",
        "phases.1.boxes.1",
        "phases.1.baseline",
    }
