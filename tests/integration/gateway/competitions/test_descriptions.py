"""The description of a competition: applied with its document, and shown by its page and the API."""

from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.revisions import plan
from tests.support.gateway.running import Gateway

TEXT = "Tune **six** models.\n\n<script>alert(1)</script>"


async def test_a_description_is_applied_and_its_page_and_the_api_show_it(gateway: Gateway) -> None:
    applied = (await gateway.apply(competition(description=TEXT))).raise_for_status().json()
    shown = (await gateway.anyone.get("/api/v1/competitions/c")).raise_for_status().json()
    page = (await gateway.anyone.get("/c/c")).raise_for_status().text

    assert applied["description"] == shown["description"] == TEXT
    assert "Tune <strong>six</strong> models." in page
    assert "<script>alert" not in page


async def test_a_changed_or_removed_description_is_a_change(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(description="old"))
    changed = (await plan(gateway, competition(description="new"))).json()["changes"]
    removed = (await plan(gateway, competition())).json()["changes"]

    assert [tuple(each.values()) for each in changed] == [("~", "description", "old", "new")]
    assert [tuple(each.values()) for each in removed] == [("-", "description", "old", None)]
    assert (await gateway.apply(competition())).json()["revision"] == 2
    assert await pool.fetchval("select description from competitions") == ""
    assert 'class="description"' not in (await gateway.anyone.get("/c/c")).text
