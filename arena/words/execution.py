"""What an execution used, and what ran it."""

from pydantic import BaseModel, ConfigDict, Field

from arena.words.text import clean_text

LOG_CHARS = 64 * 1024
"""How much of an optimizer's output is kept for one study: the last part of it."""


def keep_end(tail: str, written_bytes: int, tail_bytes: int) -> str:
    """Return what is kept of a log, which is its last `tail_bytes`, after a line that says so if more was written."""
    if written_bytes <= tail_bytes:
        return clean_text(tail, LOG_CHARS)
    mark = f"[The log is cut: of {written_bytes:,} bytes, only the end is kept.]\n"
    return mark + clean_text(tail, LOG_CHARS - len(mark))


class Usage(BaseModel):
    """What an optimizer's container had used at the end of its study, as far as trusted code could measure it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    cpu_s: float | None = Field(default=None, ge=0)
    memory_peak_bytes: int | None = Field(default=None, ge=0)


class Provenance(BaseModel):
    """What ran a study: environment, the engine's ids of the two images, the runner's code version, sandbox runtime.

    The id of the optimizer's image is the digest of its environment.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    environment: str | None = None
    optimizer_image: str
    blackbox_image: str
    code_version: str
    runtime: str
