"""A blob over HTTP, in pieces from the store to the runner."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse

from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Runner
from services.gateway.dependencies import WithBlobs
from services.gateway.problems import Problem
from shared.blobs import BlobMissing

router = APIRouter(prefix="/api/v1/blobs", tags=["runners"])
OCTETS = "application/octet-stream"
KEEP = "private, max-age=31536000, immutable"
"""A blob never changes, but no cache may give it to somebody without a token."""


@router.get(
    "/{sha256}",
    response_class=StreamingResponse,
    responses={200: {"description": "The blob.", "content": {OCTETS: {}}}},
)
async def get_blob(
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], blobs: WithBlobs, _: Runner
) -> StreamingResponse:
    """Return the zip or data set with this SHA-256, in hex. A runner checks what it gets by the same hash."""
    try:
        blob = await blobs.open(sha256)
    except BlobMissing as missing:
        raise Problem(ProblemCode.NO_SUCH_BLOB, f"The platform has no blob {sha256}.") from missing
    headers = {"Content-Length": str(blob.size_bytes), "ETag": f'"{sha256}"', "Cache-Control": KEEP}
    return StreamingResponse(blob.chunks, headers=headers, media_type=OCTETS)
