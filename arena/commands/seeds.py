"""Secret seeds in what the platform answers: printed only when somebody asks for them, because terminals are shared."""

from typing import Annotated, Any

import typer

SEEDS = {"seed", "optimizer_seed", "competition_seed"}
Reveal = Annotated[bool, typer.Option("--reveal", help="Also print the secret seeds.")]


def without_seeds(body: Any) -> Any:
    """Return a body of the API without its fields that hold a seed, and without those changes that tell one."""
    if isinstance(body, dict):
        told = {"before", "after"} if body.get("what") in SEEDS else set()
        return {name: without_seeds(each) for name, each in body.items() if name not in SEEDS | told}
    return [without_seeds(each) for each in body] if isinstance(body, list) else body
