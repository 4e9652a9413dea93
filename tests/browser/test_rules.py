"""The rules as people read them: what holds in the phase that is shown, in the reader's own zone."""

import re

from tests.support.browser.pages import Open, check_page, token_of
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway


async def test_the_rules_are_those_of_the_phase_and_its_dates_those_of_the_reader(
    gateway: Gateway, new_page: Open
) -> None:
    closing = phase(
        opens_at="2020-07-01T00:00:00Z",
        closes_at="2120-10-15T12:00:00Z",
        attempts_per_day=5,
        limits={"iteration_timeout_s": 10},
    )
    await gateway.apply(competition(closing, phase("tryout", n_calls=7)))
    page = await new_page(gateway.url, timezone_id="Asia/Tokyo", locale="en-GB")
    await page.goto("/c/c/rules")
    await page.get_by_text(re.compile(r"15 Oct 2120.* 21:00 GMT\+9")).wait_for()
    await page.get_by_text("5 submissions in any 24 hours").wait_for()
    command = page.locator("#check pre")
    assert "arena check my_optimizer --limit iteration_timeout_s=10" in await command.inner_text()
    await check_page(page, "rules")

    await page.get_by_role("link", name="tryout").click()
    await page.get_by_text("7 \N{MULTIPLICATION SIGN} 8").wait_for()
    assert "arena check my_optimizer --n-calls 7" in await command.inner_text()


async def test_a_package_is_found_by_a_part_of_its_name(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition())
    page = await new_page(gateway.url)
    await page.goto("/c/c/rules")
    await page.get_by_label("Find a package").fill("SCIKIT-L")
    await page.locator("#found", has_text="1 of").wait_for()
    assert await page.locator("#packages-list li:visible span:first-child").all_inner_texts() == ["scikit-learn"]
    await page.get_by_label("Find a package").fill("no-such-thing")
    await page.get_by_text("put its wheel into the zip").wait_for()


async def test_a_team_reads_its_own_quota(gateway: Gateway, new_page: Open) -> None:
    await gateway.apply(competition(phase(attempts_per_day=5)))
    team = await gateway.team("dice")
    quota = {"phase": "feedback", "attempts_per_day": 77}
    answer = await gateway.organizer.put("/api/v1/admin/competitions/c/teams/dice/quota", json=quota)
    answer.raise_for_status()
    page = await new_page(gateway.url, token_of(team))
    await page.goto("/c/c/rules")
    await page.get_by_text("77 submissions in any 24 hours").wait_for()
    await page.get_by_role("link", name="Drop the zip on the page").wait_for()
