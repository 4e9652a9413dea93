"""The organizer's own data sets: CSV files, checked and stored by their hash before a competition uses them."""

import asyncio
import hashlib
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from arena.api.competition_document import DATASET_PATTERN
from arena.api.competitions import DatasetPage, StoredDataset, UploadedDataset
from arena.rules.datasets import FILE_LIMIT_BYTES, InvalidDataset
from arena.words.names import Slug
from arena.words.problems import ProblemCode
from services.gateway.accounts.callers import Manager, Organizer
from services.gateway.competitions import tables
from services.gateway.competitions.dataset_size import measure_dataset
from services.gateway.dependencies import WithBlobs, WithPool
from services.gateway.paging import PAGE_SIZE, Cursor, PageLimit, decode_cursor, split_page
from services.gateway.problems import Problem

router = APIRouter(prefix="/api/v1/admin/competitions/{slug}/datasets", tags=["organizer"])


@router.post("", status_code=201)
async def upload_dataset(
    slug: Slug,
    pool: WithPool,
    blobs: WithBlobs,
    _: Manager,
    file: Annotated[UploadFile, File()],
    name: Annotated[str, Form(max_length=60, pattern=DATASET_PATTERN)],
) -> UploadedDataset:
    """Store a CSV file in Bayesmark's format. 422 names the rows and columns that are wrong."""
    # Read one byte more than is allowed, which is enough to refuse a file that is too large.
    content = await file.read(FILE_LIMIT_BYTES + 1)
    try:
        size = await asyncio.to_thread(measure_dataset, name, content)
    except InvalidDataset as invalid:
        errors = [{"where": "file", "what": fault} for fault in invalid.faults]
        raise Problem(ProblemCode.INVALID_DATASET, f"Data set {name}: {invalid}", errors=errors) from invalid
    sha256 = hashlib.sha256(content).hexdigest()
    await blobs.put(sha256, content)
    await tables.put_dataset(pool, slug, name, sha256, size.n_rows, size.n_features)
    return UploadedDataset(name=name, sha256=sha256, n_rows=size.n_rows, n_features=size.n_features)


@router.get("")
async def list_datasets(
    slug: Slug, pool: WithPool, _: Organizer, limit: PageLimit = PAGE_SIZE, cursor: Cursor = None
) -> DatasetPage:
    """Return the data sets stored for a competition."""
    after = None if cursor is None else decode_cursor(cursor, tuple[str, str])
    rows = await tables.list_datasets(pool, slug, after, limit + 1)
    shown, following = split_page(rows, limit, lambda row: (row.name, row.blob_sha256))
    return DatasetPage(datasets=[StoredDataset(**asdict(row)) for row in shown], next=following)
