"""The organizer's own data sets: CSV files, checked and stored by their hash before a competition uses them."""

import asyncio
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile

from arena.api.competition_document import DATASET_PATTERN
from arena.rules.datasets import InvalidDataset
from arena.words.names import Slug
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions.dataset_size import measure_dataset
from services.gateway.dependencies import WithParts
from services.gateway.problems import Problem
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1/admin", tags=["organizer"])
Body = dict[str, Any]


@router.post("/competitions/{slug}/datasets", status_code=201)
async def upload_dataset(
    slug: Slug,
    parts: WithParts,
    _: Manager,
    file: Annotated[UploadFile, File()],
    name: Annotated[str, Form(max_length=60, pattern=DATASET_PATTERN)],
) -> Body:
    """Store a CSV file as Bayesmark names and reads it; 422 with the rows and columns that make it no data set."""
    content = await file.read()
    try:
        size = await asyncio.to_thread(measure_dataset, name, content)
    except InvalidDataset as invalid:
        errors = [{"where": "file", "what": fault} for fault in invalid.faults]
        raise Problem(422, f"Data set {name}: {invalid}", errors=errors) from invalid
    sha256 = hashlib.sha256(content).hexdigest()
    await parts.blobs.put(sha256, content)
    await queries.put_dataset(
        parts.pool, slug=slug, name=name, blob_sha256=sha256, n_rows=size.n_rows, n_features=size.n_features
    )
    return {"name": name, "sha256": sha256, "n_rows": size.n_rows, "n_features": size.n_features}


@router.get("/competitions/{slug}/datasets")
async def list_datasets(slug: Slug, parts: WithParts, _: Organizer) -> Body:
    """Return the data sets that are stored for a competition."""
    return {"datasets": [dict(row) async for row in queries.list_datasets(parts.pool, slug=slug)]}
