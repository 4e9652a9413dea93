"""What an optimizer may use: part of a phase, sent with every shard."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

ZIP_FILES_LIMIT = 2000
"""How many files and folders a zip may have, where it is uploaded and where it is unpacked."""
LARGEST_ZIP_BYTES = 500_000_000
"""The most that a phase may allow a zip to have."""

Cpus = Annotated[int, Field(ge=1, le=2)]
"""CPUs that an optimizer has; the black box runs on one of them."""


class Limits(BaseModel):
    """What an optimizer may use: its own time in a study and in an iteration, its memory, disk and processes.

    `zip_limit_bytes` is the size of its zip; `unpacked_limit_bytes` that of the zip's files.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"study_timeout_s": 640, "memory_limit_bytes": 2147483648}]},
    )
    study_timeout_s: float = Field(default=640, gt=0)
    iteration_timeout_s: float = Field(default=40, gt=0)
    memory_limit_bytes: int = Field(default=2 * 1024**3, ge=64 * 1024**2)
    zip_limit_bytes: int = Field(default=50 * 1024**2, gt=0, le=LARGEST_ZIP_BYTES)
    unpacked_limit_bytes: int = Field(default=512 * 1024**2, gt=0)
    tmp_limit_bytes: int = Field(default=256 * 1024**2, gt=0)
    pids_limit: int = Field(default=64, gt=0)
