"""Waiting for one of several events, for a limited time."""

import asyncio


async def wait_for_any(*events: asyncio.Event, timeout_s: float | None = None) -> None:
    """Return when one of the events is set, or after `timeout_s` seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
