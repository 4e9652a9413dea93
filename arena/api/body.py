"""What every body of the API is: frozen, complete, and described by a docstring and an example."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A request, response or live message. A field that is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Page(Body):
    """A page of a list: `next` is the cursor of the following page, null on the last."""

    next: str | None = None
