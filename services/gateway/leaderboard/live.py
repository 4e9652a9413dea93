"""The live feed of a phase's leaderboard."""

from fastapi import APIRouter, WebSocket

from services.gateway.accounts.callers import Anyone
from services.gateway.competitions.lookup import choose_phase, find_competition
from services.gateway.dependencies import WithFeeds, WithPool
from services.gateway.live.websocket import Since, run_feed

router = APIRouter(prefix="/api/v1", tags=["live"])


@router.websocket("/competitions/{slug}/live")
async def watch_leaderboard(
    websocket: WebSocket,
    slug: str,
    pool: WithPool,
    feeds: WithFeeds,
    caller: Anyone,
    phase: str | None = None,
    since: Since | None = None,
) -> None:
    """Send a phase's leaderboard and its changes as they come. While it is frozen, only organizers get changes."""
    competition = await find_competition(pool, slug)
    chosen = await choose_phase(pool, competition, phase, caller)
    async with feeds.watch(chosen.id, present=caller.role == "organizer") as feed:

        async def send_changes() -> None:
            seen = since
            while True:
                await feed.wait_beyond(seen)
                if feed.is_over:
                    return
                text, seen = feed.text_since(seen), feed.change
                if text is not None:
                    await websocket.send_text(text)  # waits for a slow client without delaying the others

        await run_feed(websocket, "leaderboard", send_changes)
