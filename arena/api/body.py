"""What every body of the API is: frozen, complete, and described by a docstring and an example."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A request, response or live message. A field that is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Page(Body):
    """A page of a list: `next` is the cursor of the following page, null on the last."""

    next: str | None = None


Interval = Annotated[tuple[float, float], Field(description="The lower and the upper end of a 95 % interval.")]


def example(**fields: Any) -> ConfigDict:
    """Return the configuration of a body with this example."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


def example_of(body: type[Body]) -> dict[str, Any]:
    """Return the example of a body, for the example of another that contains it."""
    fields: dict[str, Any] = body.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index,assignment]
    return fields
