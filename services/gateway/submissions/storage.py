"""Zips, validated and stored."""

import asyncio

from prometheus_client import Counter

from arena.rules.zip_validation import InvalidZip, ZipLimits, check_zip
from services.gateway.dependencies import Parts
from services.gateway.problems import Problem

REFUSED = Counter("arena_submissions_refused", "Zips refused")


async def check_and_store(parts: Parts, content: bytes, blob_sha256: str) -> None:
    """Store a zip that may be run under its SHA-256; 422 for one that may not."""
    settings = parts.settings
    limits = ZipLimits(settings.zip_limit_bytes, settings.unpacked_limit_bytes, settings.zip_files_limit)
    try:
        await asyncio.to_thread(check_zip, content, limits)
    except InvalidZip as reason:
        REFUSED.inc()
        raise Problem(422, str(reason)) from reason
    await parts.blobs.put(blob_sha256, content)
