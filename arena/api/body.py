"""The base of all bodies of the API: frozen, without undeclared fields, with a docstring and an example."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A request, response or live message. Undeclared fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Page(Body):
    """A page of a list: `next` is the cursor of the following page, null on the last."""

    next: str | None = None


Interval = Annotated[tuple[float, float], Field(description="The lower and the upper end of a 95 % interval.")]


def example(**fields: Any) -> ConfigDict:
    """Return the pydantic configuration of a body with this example."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


def example_of(body: type[Body]) -> dict[str, Any]:
    """Return the example of a body, for the example of another that contains it."""
    fields: dict[str, Any] = body.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index,assignment]
    return fields
