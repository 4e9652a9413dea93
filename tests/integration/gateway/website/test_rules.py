"""The rules page says what the settings enforce: change one, and the page changes."""

from html import unescape
from typing import Any

import pytest

from arena.sandbox.fixed_limits import OPEN_FILES_LIMIT
from arena.words.verdicts import VERDICTS
from services.gateway.website.rendering import ASSETS_ADDRESS, VERSION
from services.gateway.website.rules import read_example
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip, submit

TIMES = "\N{MULTIPLICATION SIGN}"


async def read_rules(gateway: Gateway, **query: str) -> str:
    """Return the page's text, with its white space as it is in the source."""
    answer = await gateway.anyone.get("/c/c/rules", params=query)
    return unescape(answer.raise_for_status().text)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ({"limits": {"study_timeout_s": 12.5}}, "640 s", ">12.5 s<"),
        ({"limits": {"iteration_timeout_s": 3}}, ">40 s<", ">3 s<"),
        ({"limits": {"memory_limit_bytes": 768 * 1024**2}}, "2 GiB", "768 MiB"),
        ({"limits": {"zip_limit_bytes": 30 * 1024**2}}, ">50 MiB<", ">30 MiB<"),
        ({"limits": {"unpacked_limit_bytes": 100 * 1024**2}}, ">512 MiB", "100 MiB"),
        ({"limits": {"tmp_limit_bytes": 1000}}, "256 MiB", "1,000 bytes"),
        ({"limits": {"pids_limit": 17}}, ">64<", ">17<"),
        ({"n_calls": 5}, f">16 {TIMES} 8<", f">5 {TIMES} 8<"),
        ({"n_suggestions": 1}, f">16 {TIMES} 8<", f">16 {TIMES} 1<"),
        ({"studies_per_box": 50}, "so 4 for a submission", "so 100 for a submission"),
        ({"scored_per_day": 3}, "as often as you like", "3 submissions in any 24 hours that were scored"),
        ({"active_submissions": 1}, "as often as you like", "1 submission at once"),
        ({"counting": "chosen"}, "your best scored submission", "the scored submission that you choose"),
        ({"closes_at": "2020-01-01T00:00:00Z"}, "no date is set", 'datetime="2020-01-01T00:00:00+00:00">'),
        ({"cpus": 2}, '>Processors</th><td class="number">1<', '>Processors</th><td class="number">2<'),
        ({"practice": True}, "a log would be a way out", "the traceback of what ended it"),
    ],
    ids=str,
)  # fmt: skip
async def test_the_page_changes_with_the_phase(
    gateway: Gateway, change: dict[str, Any], before: str, after: str
) -> None:
    (await gateway.apply(competition())).raise_for_status()
    page = await read_rules(gateway)
    assert (before in page, after in page) == (True, False)
    (await gateway.apply(competition(phase(**change)))).raise_for_status()
    page = await read_rules(gateway)
    assert (before in page, after in page) == (False, True)


async def test_the_page_tells_the_limits_that_every_sandbox_has(gateway: Gateway) -> None:
    await gateway.apply(competition())
    page = await read_rules(gateway)
    assert f">{OPEN_FILES_LIMIT:,}<" in page


async def test_a_zip_past_what_the_page_tells_is_refused(gateway: Gateway) -> None:
    (await gateway.apply(competition(phase(limits={"unpacked_limit_bytes": 1_000_000})))).raise_for_status()
    assert ">1,000,000 bytes<" in await read_rules(gateway)
    team = await gateway.team("dice")
    assert (await submit(team, make_zip(b"#" * 1_000_001))).status_code == 422


async def test_whether_parameter_names_are_visible_is_told(gateway: Gateway) -> None:
    (await gateway.apply(competition(phase(), phase("blind", parameter_names="hidden")))).raise_for_status()

    visible, blind = await read_rules(gateway), await read_rules(gateway, phase="blind")

    assert "sees the parameters' real names" in visible
    assert "--hidden-names" not in visible
    assert "Parameter names are hidden." in blind
    assert "arena check my_optimizer --hidden-names" in blind
    phases = (await gateway.anyone.get("/api/v1/competitions/c")).json()["phases"]
    assert [each["parameter_names"] for each in phases] == ["visible", "hidden"]


async def test_the_environments_of_a_phase_are_told(gateway: Gateway) -> None:
    (await gateway.apply(competition(phase(environments=["modern", "small"])))).raise_for_status()
    page = await read_rules(gateway)
    assert page.index("<h3><code>modern</code></h3>\n<p>CPython 3.13") < page.index("<h3><code>small</code></h3>")
    assert "<code>modern</code>, <code>small</code>" in page
    assert "or you add <code>--environment small</code>" in page
    assert '<span>torch</span> <span class="number">2.6.0+debian</span>' in page


async def test_a_pinned_environment_is_told_with_its_digest(gateway: Gateway) -> None:
    digest = f"sha256:{'9f' * 32}"
    (await gateway.apply(competition(phase(environments=[f"modern@{digest}"])))).raise_for_status()
    page = await read_rules(gateway)
    assert "<h3><code>modern</code></h3>" in page
    assert f"Only the image <code>{digest}</code>." in page
    assert "arena check my_optimizer --environment modern" in page


async def test_an_environment_of_the_organizer_is_named_without_its_packages(gateway: Gateway) -> None:
    (await gateway.apply(competition(phase(environments=["own"])))).raise_for_status()
    page = await read_rules(gateway)
    assert "<h3><code>own</code></h3>" in page
    assert "<span>numpy</span>" not in page


async def test_every_verdict_and_every_package_is_on_the_page(gateway: Gateway) -> None:
    await gateway.apply(competition())
    page = await read_rules(gateway)
    for verdict, meaning in VERDICTS.items():
        assert f"<code>{verdict}</code>" in page
        assert meaning.sentence in page
    packages = (await gateway.anyone.get("/api/v1/packages")).json()["environments"]["small"]["packages"]
    for name, version in packages.items():
        assert f'<span>{name}</span> <span class="number">{version}</span>' in page
    assert read_example() in page


async def test_the_page_says_how_to_submit_here(gateway: Gateway) -> None:
    await gateway.apply(competition())
    page = await read_rules(gateway)
    assert f"{gateway.url}/api/v1/competitions/c/submissions" in page
    assert "-F phase=feedback" in page


async def test_a_hidden_phase_and_a_competition_that_is_not_there_have_no_rules(gateway: Gateway) -> None:
    await gateway.apply(competition(phase(), phase("secret", visibility="organizer")))
    assert (await gateway.anyone.get("/c/c/rules?phase=secret")).status_code == 404
    assert (await gateway.organizer.get("/c/c/rules?phase=secret")).status_code == 200
    assert (await gateway.anyone.get("/c/other/rules")).status_code == 404


async def test_pages_and_what_they_load_travel_compressed_and_the_api_does_not(gateway: Gateway) -> None:
    await gateway.apply(competition())
    for path in ("/c/c/rules", f"{ASSETS_ADDRESS}{VERSION}/arena.css"):
        answer = await gateway.anyone.get(path)
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) < len(answer.content) / 2
    for path in ("/api/v1/packages", "/openapi.json", "/metrics"):
        answer = await gateway.anyone.get(path)
        assert "content-encoding" not in answer.headers
        assert len(answer.content) > 1000
