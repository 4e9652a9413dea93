"""A team's page of submissions in a browser."""

from typing import Any
from uuid import UUID

import httpx
from playwright.async_api import Page, expect

from shared.database import Pool
from tests.support.browser.pages import Open, token_of
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip

PAGE = "/c/c/submissions"


DROP = """([name, content]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(content)], name));
    document.querySelector('#upload').dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true}));
}"""


async def fail(pool: Pool, submission: str, verdict: str, detail: str, iteration: int | None = None) -> None:
    """End a submission as the aggregator does for a fatal error."""
    await pool.execute(
        """
        update submissions set state = 'failed', verdict = $2, verdict_detail = $3, verdict_stage = 'suggest',
            verdict_iteration = $4, started_at = now(), ended_at = now(), change = next_change(phase_id)
        where id = $1
        """,
        UUID(submission),
        verdict,
        detail,
        iteration,
    )


async def submit_file(client: httpx.AsyncClient, name: str = "optimizer.zip", to: str = "feedback") -> str:
    """Submit a zip of this name by the API."""
    answer = await client.post(
        "/api/v1/competitions/c/submissions", files={"file": (name, make_zip())}, data={"phase": to}
    )
    identity: str = answer.raise_for_status().json()["id"]
    return identity


async def choose(page: Page, name: str = "optimizer.zip", content: bytes | None = None) -> None:
    """Choose a zip, as a person does in the browser's own dialog."""
    content = make_zip() if content is None else content
    await page.get_by_label("Choose a zip").set_input_files(
        {"name": name, "mimeType": "application/zip", "buffer": content}
    )


async def open_submissions(gateway: Gateway, new_page: Open, client: httpx.AsyncClient, query: str = "") -> Page:
    page = await new_page(gateway.url, token_of(client))
    await page.goto(PAGE + query)
    await expect(page.locator("#live")).to_have_text("live")
    return page


def row(page: Page, name: str = "optimizer.zip") -> Any:
    return page.locator(".submission").filter(has=page.get_by_role("link", name=name, exact=True))
